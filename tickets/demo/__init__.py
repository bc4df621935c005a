"""The demo: one story, told through the real services, that ends today.

The same date tells the same story. Everything in it is invented and marked `is_demo`: phone numbers begin with 154,
which no operator of the mainland gives out, IMEIs with 001, which marks test equipment, and mail goes to example.com
(RFC 2606).
"""
