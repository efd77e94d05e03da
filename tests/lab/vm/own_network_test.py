#!/usr/bin/python3
"""What breaks if this fails: an intruder in a story's machine reaches every service on the host's loopback."""
import os
import socket
import sys
import unittest

import here  # noqa: F401
import own_network


class OwnNetwork(unittest.TestCase):
    def test_ports_of_the_host_are_out_of_reach_and_own_ones_are_not(self):
        with socket.create_server(("127.0.0.1", 0)) as host:
            child = os.fork()
            if child == 0:
                os._exit(self.inside(host.getsockname()[1]))
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 77:
            self.skipTest("this system refuses namespaces")
        self.assertEqual(status, 0, "1: a port of the host was reached; 2: a port of its own was not")

    @staticmethod
    def inside(port):
        try:
            if not own_network.enter():
                return 77
            with socket.socket() as outward:
                if outward.connect_ex(("127.0.0.1", port)) == 0:
                    return 1
            with socket.create_server(("127.0.0.1", 0)) as own, socket.socket() as inward:
                return 0 if inward.connect_ex(own.getsockname()) == 0 else 2
        except OSError as why:
            print(why, file=sys.stderr)
            return 3


if __name__ == "__main__":
    unittest.main()
