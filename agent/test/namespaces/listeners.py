"""Many listeners of one process, in a namespace of their own: says when all are there, ends with its input.

listeners.py COUNT
"""
import resource
import socket
import sys
import namespace

FIRST_PORT = 20000
count = int(sys.argv[1])
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
namespace.enter()
servers = [socket.create_server(('127.0.0.1', FIRST_PORT + at)) for at in range(count)]
print('ready', flush=True)
sys.stdin.read()
