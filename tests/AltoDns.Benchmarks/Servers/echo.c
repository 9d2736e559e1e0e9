// Sends every datagram back as it came, in batches: what the system calls of a UDP server cost with no work between them.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, CAPACITY = 4096 };

static char octets[BATCH][CAPACITY];
static struct sockaddr_in clients[BATCH];
static struct iovec buffers[BATCH];
static struct mmsghdr messages[BATCH];

int main(int count, char **arguments)
{
    if (count != 2 && count != 3) {
        fprintf(stderr, "usage: echo PORT [ADDRESS]\n");
        return 2;
    }

    int server = socket(AF_INET, SOCK_DGRAM, 0);
    int room = 4 << 20;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])) };
    inet_pton(AF_INET, count == 3 ? arguments[2] : "127.0.0.1", &address.sin_addr);
    setsockopt(server, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("Address");
        return 1;
    }

    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            buffers[i] = (struct iovec) { octets[i], CAPACITY };
            messages[i].msg_hdr = (struct msghdr) {
                .msg_name = &clients[i], .msg_namelen = sizeof clients[i], .msg_iov = &buffers[i], .msg_iovlen = 1,
            };
        }

        int received = recvmmsg(server, messages, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; i < received; i++) {
            buffers[i].iov_len = messages[i].msg_len;
        }

        for (int sent = 0; sent < received;) {
            int now = sendmmsg(server, messages + sent, received - sent, 0);
            sent += now > 0 ? now : 1;
        }
    }
}
