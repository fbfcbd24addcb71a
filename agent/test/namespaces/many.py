"""A listener at 127.0.0.1:3000 with one connection in each of many namespaces: says when all are there, ends with its input.

many.py COUNT
"""
import os
import socket
import sys
import namespace


def serve(ready):
    namespace.enter()
    server = socket.create_server(('127.0.0.1', 3000))
    client = socket.create_connection(('127.0.0.1', 3000))
    accepted, _ = server.accept()
    os.write(ready, b'.')
    sys.stdin.read()
    for one in (client, accepted, server):
        one.close()


def main():
    said, ready = os.pipe()
    count = int(sys.argv[1])
    for _ in range(count):
        if os.fork() == 0:
            os.close(said)
            serve(ready)
            os._exit(0)
    os.close(ready)
    left = count
    while left > 0:
        got = len(os.read(said, left))
        if got == 0:
            sys.exit('a child ended')
        left -= got
    print('ready', flush=True)
    sys.stdin.read()
    for _ in range(count):
        os.wait()


main()
