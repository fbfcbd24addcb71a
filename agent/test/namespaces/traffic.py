"""Connections in every state, in a quiet namespace of their own: says when they are made, ends when its input does."""
import socket
import sys
import namespace

# Of each listener: its IP version and address, those of its clients, and how many connections of each kind it has.
LISTENERS = [
    (socket.AF_INET, '127.0.0.1', 3000, ['127.0.0.1'], dict(established=3, unaccepted=2, given_up=1)),
    (socket.AF_INET, '0.0.0.0', 3001, ['127.0.0.1', '127.0.0.2'], dict(established=1, close_wait=2, fin_wait=1)),
    (socket.AF_INET6, '::', 3002, ['127.0.0.1', '::1'], dict(established=2, time_wait=2, unaccepted=1)),
    (socket.AF_INET6, '::1', 3003, ['::1'], dict(close_wait=1, fin_wait=2, time_wait=1, given_up=2)),
]
kept = []


def connection(server, address):
    version = socket.AF_INET6 if ':' in address else socket.AF_INET
    client = socket.socket(version)
    client.connect((address, server.getsockname()[1]))
    return client


def both(server, address):
    client = connection(server, address)
    accepted, _ = server.accept()
    return client, accepted


def established(server, address):
    kept.append(both(server, address))


def close_wait(server, address):
    client, accepted = both(server, address)
    client.close()
    accepted.recv(1)
    kept.append(accepted)


def fin_wait(server, address):
    client, accepted = both(server, address)
    accepted.shutdown(socket.SHUT_WR)
    client.recv(1)
    kept.append((client, accepted))


def time_wait(server, address):
    client, accepted = both(server, address)
    accepted.close()
    client.recv(1)
    client.close()


def unaccepted(server, address):
    kept.append(connection(server, address))


def given_up(server, address):
    connection(server, address).close()


def main():
    namespace.enter()
    for version, address, port, clients, kinds in LISTENERS:
        server = socket.socket(version)
        kept.append(server)
        server.bind((address, port))
        server.listen(16)
        # What waits to be accepted comes last: accept() takes the first one there is.
        for kind in sorted(kinds, key=lambda name: name in ('unaccepted', 'given_up')):
            for at in range(kinds[kind]):
                for client in clients:
                    globals()[kind](server, client)
    print('ready', flush=True)
    sys.stdin.read()


main()
