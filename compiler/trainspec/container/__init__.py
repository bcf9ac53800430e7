"""Does on this machine what SageMaker's container does with a training job: no Docker, no AWS, no network.

A request in, a process out: the tree of `/opt/ml` below a folder, the variables and arguments that the toolkit of AWS's
images gives a script, its log, its metrics, its model. It knows nothing of specs.
"""
