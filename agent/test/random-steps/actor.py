"""A process that opens, shares and gives away sockets as it is told, one JSON line a command, and says when it is done.

actor.py FOLDER [SOCKETS]: FOLDER/control is the test's socket; SOCKETS are the descriptors it keeps over exec, by inode.
It ends when the test does: the end of its connection is the end of its life.
"""
import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys

FOLDER = sys.argv[1]
CLONE_NEWNET = 0x40000000
PR_SET_CHILD_SUBREAPER = 36
SIOCSIFFLAGS = 0x8914
IFF_UP = 1
libc = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def start_ticks():
    with open('/proc/self/stat') as stat:
        return int(stat.read().rsplit(')', 1)[1].split()[19])


class Actor:
    def __init__(self, sockets):
        self.sockets = sockets
        self.clients = []
        self.connect()

    def connect(self):
        """A new life begins, after start, fork and exec: the test is told who this is."""
        path = f'{FOLDER}/{os.getpid()}.box'
        if os.path.exists(path):
            os.unlink(path)
        self.mailbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.mailbox.bind(path)
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.control.connect(f'{FOLDER}/control')
        self.lines = self.control.makefile('r')
        namespace = os.readlink('/proc/self/ns/net').split('[')[1].rstrip(']')
        self.say(pid=os.getpid(), namespace=namespace, startTicks=start_ticks())

    def disconnect(self):
        self.lines.close()
        self.control.close()
        self.mailbox.close()

    def say(self, **answer):
        self.control.sendall((json.dumps(answer) + '\n').encode())

    def serve(self):
        while True:
            line = self.lines.readline()
            if line == '':
                os._exit(0)
            command = json.loads(line)
            try:
                answer = getattr(self, 'do_' + command.pop('do'))(**command)
            except OSError as error:
                answer = {'error': str(error)}
            if answer is not None:
                self.say(**answer)

    def keep(self, descriptor):
        inode = str(os.fstat(descriptor).st_ino)
        self.sockets.setdefault(inode, []).append(descriptor)
        return inode

    def do_open(self, protocol, address, port, isOnlyV6, isShared):
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        opened = socket.socket(family, socket.SOCK_STREAM if protocol == 'tcp' else socket.SOCK_DGRAM)
        try:
            if isShared:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(isOnlyV6))
            opened.bind((address, port))
            if protocol == 'tcp':
                opened.listen(5)
            address, port = opened.getsockname()[:2]
            return {'address': address, 'port': port, 'inode': self.keep(opened.detach())}
        finally:
            opened.close()

    def do_close(self, inode):
        descriptors = self.sockets[inode]
        os.close(descriptors.pop())
        if not descriptors:
            del self.sockets[inode]
        return {}

    def do_duplicate(self, inode):
        self.keep(os.dup(self.sockets[inode][0]))
        return {}

    def do_hush(self, inode):
        """It stays open and listens no more."""
        kept = socket.socket(fileno=os.dup(self.sockets[inode][0]))
        with kept:
            kept.shutdown(socket.SHUT_RD)
        return {}

    def do_connect(self, protocol, address, port):
        """Sockets that are no listeners. A listener never accepts: what does not fit into its queue stays half open."""
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        client = socket.socket(family, socket.SOCK_STREAM if protocol == 'tcp' else socket.SOCK_DGRAM)
        client.setblocking(False)
        self.clients = [*self.clients[-4:], client]
        return {'error': client.connect_ex((address, port))}

    def do_send(self, inode, to):
        rights = struct.pack('i', self.sockets[inode][0])
        self.mailbox.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)], 0, f'{FOLDER}/{to}.box')
        return {}

    def do_receive(self):
        _, ancillary, _, _ = self.mailbox.recvmsg(1, socket.CMSG_SPACE(4))
        return {'inode': self.keep(struct.unpack('i', ancillary[0][2])[0])}

    def do_fork(self, pid, isApart):
        """With the pid that is wanted if nobody else takes it first; apart: in a network namespace of its own."""
        if pid is not None:
            try:
                with open('/proc/sys/kernel/ns_last_pid', 'w') as last:
                    last.write(str(pid - 1))
            except OSError:
                pass
        child = os.fork()
        if child != 0:
            return {'pid': child}
        self.disconnect()
        if isApart:
            checked(libc.unshare(CLONE_NEWNET))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
                fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', IFF_UP))
        self.connect()
        return None

    def do_exec(self, program, name):
        for descriptors in self.sockets.values():
            for descriptor in descriptors:
                os.set_inheritable(descriptor, True)
        os.execv(f'{FOLDER}/{program}', [name, '-I', '-S', os.path.abspath(__file__), FOLDER, json.dumps(self.sockets)])

    def do_end(self):
        os._exit(0)


# Children are nobody's zombies, and orphans become children of the first one.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
if len(sys.argv) < 3:
    checked(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
Actor(json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}).serve()
