/**
 * Shows what a mark's <title> says at once, beside the pointer, where browsers take a second; and opens folded tables for
 * those that print them as they are. The page is whole without it.
 */
export const SCRIPT = `(()=>{
const tip=document.createElement('div');tip.id='tip';tip.hidden=true;document.body.append(tip);
document.addEventListener('pointermove',(event)=>{
const mark=event.target.closest?.('svg .dot,svg .slice,svg .bar,svg .cell,svg .rule,svg .band');
const title=mark?.querySelector(':scope>title');
if(title){mark.dataset.tip=title.textContent;title.remove()}
const text=mark?.dataset.tip;tip.hidden=!text;if(!text)return;
tip.textContent=text;
const edge=document.documentElement.clientWidth-tip.offsetWidth-8;
tip.style.left=Math.max(8,Math.min(edge,event.clientX+14))+scrollX+'px';
tip.style.top=event.clientY+scrollY+16+'px'});
addEventListener('beforeprint',()=>{for(const box of document.querySelectorAll('details'))box.open=true});
})()`

/** What the page's policy calls the script by: SHA-256 of its text, in base64. No other script runs. */
export const SCRIPT_HASH = 'zuVp1Ia1jfujrDa/bqa4qjxSqZy0Y3w3arINJ0/Y2rs='
