"""Fetches a URL as a program without a guard does: with the system's resolver,
the proxy of the environment, and every redirect. What it says is not looked at;
the packets are counted."""

import sys
import urllib.request

try:
    urllib.request.urlopen(sys.argv[1], timeout=2).read(100)
except Exception as e:
    print(type(e).__name__, e)
