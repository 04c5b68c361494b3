"""The kernel: an organization of members on a network, and the seams around it.

`Mind`, `Protocol`, `Judge`, `TaskStream` and `World` are the seams; `Organization` steps them;
`TickRecord` is what happened. Nothing here imports a concrete mind or protocol.
"""
