"""Imports the parts of the standard library that policies use into the snapshot, so that episodes get them free."""

import abc, array, argparse, ast, asyncio, base64, binascii, bisect, calendar, cmath, collections, collections.abc
import concurrent.futures, contextlib, contextvars, copy, csv, ctypes, dataclasses, datetime, decimal, difflib, email, enum
import fractions, functools, glob, gzip, hashlib, heapq, hmac, html, html.parser, importlib, inspect, io, ipaddress, itertools
import json, keyword, linecache, locale, logging, math, mimetypes, numbers, operator, os, pathlib, pickle, platform
import pprint, queue, random, re, reprlib, secrets, shlex, shutil, statistics, string, struct, tempfile, textwrap
import threading, time, timeit, token, tokenize, traceback, types, typing, unicodedata, urllib.parse, uuid, warnings
import weakref, xml.etree.ElementTree, zipfile, zlib, zoneinfo
