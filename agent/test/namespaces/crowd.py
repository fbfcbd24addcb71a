"""Established connections by the ten thousand, in a namespace of their own: says when all are there, ends with its input.

crowd.py PROCESSES CONNECTIONS_OF_EACH
"""
import os
import socket
import sys
import namespace


def serve(number, count, ready):
    server = socket.create_server(('127.0.0.1', 3000 + number), backlog=128)
    kept = []
    for at in range(count):
        client = socket.socket()
        # A local address has too few ports for all of them.
        client.bind((f'127.0.{1 + number}.{1 + at // 5000}', 0))
        client.connect(('127.0.0.1', 3000 + number))
        kept.append((client, server.accept()))
    os.write(ready, b'.')
    sys.stdin.read()


def main():
    processes, count = int(sys.argv[1]), int(sys.argv[2])
    namespace.enter()
    said, ready = os.pipe()
    for number in range(processes):
        if os.fork() == 0:
            os.close(said)
            serve(number, count, ready)
            os._exit(0)
    os.close(ready)
    for _ in range(processes):
        if os.read(said, 1) == b'':
            sys.exit('a child ended')
    print('ready', flush=True)
    sys.stdin.read()
    for _ in range(processes):
        os.wait()


main()
