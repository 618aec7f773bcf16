"""A project's folder as people look at it: its files, and what changed in them. Only read, never written.

What git is asked, it is asked with a git directory of our own (`shadow.py`, docs/decisions/0013):
the person's index, refs, hooks and configuration are neither written nor run.
"""
