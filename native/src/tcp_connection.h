// What a member over TCP does with one connection.
#ifndef RPNET_TCP_CONNECTION_H
#define RPNET_TCP_CONNECTION_H
#include "tcp_member.h"

static inline bool tcp_run_goes_on(const tcp_member_t *m) { return m->run & 1; }
// Takes an accepted connection in; where there is no memory for it, it is closed.
void tcp_connection_take_in(tcp_member_t *m, int fd);
// Answers what it has sent, or ends it. A member that works takes one request at a time.
void tcp_connection_serve(tcp_member_t *m, connection_t *c);
// Hands it more of the replies that it is owed.
void tcp_connection_give_owed(tcp_member_t *m, connection_t *c);
// Counts as left what it has sent and nobody read, and what it is owed: whole requests.
void tcp_connection_count_left(tcp_member_t *m, connection_t *c);
// The same, and closes it.
void tcp_connection_set_aside(tcp_member_t *m, connection_t *c);
// Closes all.
void tcp_connections_close(tcp_member_t *m);
#endif
