"""The practice agent: a small real ACP agent without a model and without a key.

It does what plain words ask (files and commands of the project, with approval) and, on
request, misbehaves in every way that real agents do, so that a person can see what Antiphon
makes of it. It speaks the Agent Client Protocol over stdio, as any agent of the catalog:

    python -m antiphon.providers.practice

It imports nothing but the standard library and msgspec, so it is ready in a tenth of a second; the tests hold
it to the protocol by the ACP library's own client.
"""
