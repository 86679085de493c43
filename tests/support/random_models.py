"""Random process models made of well-nested blocks, with conditions that read the same in FEEL and in Python."""

from __future__ import annotations

import itertools
import random

from tests.support.diagrams import Diagram, multiple

FLAGS = 4


class RandomModel:
    """Grows one diagram. SpiffWorkflow miscounts joins inside loops, so a loop holds no fork."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.diagram = Diagram(f"random_{seed}").start()
        self.number = 0
        self.open_forks = 0
        self.in_forks: set[str] = set()  # tasks whose branch runs beside another
        first, last = self._block(depth=0, in_loop=False)
        self.diagram.end().flow("begin", first).flow(last, "done")

    def _name(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    def _flag(self) -> str:
        return f"flag{self.random.randrange(FLAGS)}"

    def _block(self, depth: int, in_loop: bool) -> tuple[str, str]:
        kinds = ["task", "task", "sequence"]
        if depth < 3:
            kinds += ["sequence", "choice", "timed", "loop"]
            kinds += [] if in_loop else ["fork", "fork", "inquiry", "everyone"]
        return getattr(self, f"_{self.random.choice(kinds)}")(depth + 1, in_loop)

    def _task(self, depth: int, in_loop: bool) -> tuple[str, str]:
        name = self._user()
        return name, name

    def _user(self, body: str = "") -> str:
        name = self._name("u")
        self.diagram.user(name, body.replace("%NAME%", name))
        if self.open_forks:
            self.in_forks.add(name)
        return name

    def _sequence(self, depth: int, in_loop: bool) -> tuple[str, str]:
        parts = [self._block(depth, in_loop) for _ in range(self.random.randint(2, 3))]
        for (_, out), (into, _) in itertools.pairwise(parts):
            self.diagram.flow(out, into)
        return parts[0][0], parts[-1][1]

    def _choice(self, depth: int, in_loop: bool) -> tuple[str, str]:
        split, merge = self._name("x"), self._name("m")
        self.diagram.exclusive(split).exclusive(merge)
        for number in range(self.random.randint(2, 3)):
            first, last = self._block(depth, in_loop)
            self.diagram.flow(split, first, when="" if number == 0 else self._flag(), default=number == 0)
            self.diagram.flow(last, merge)
        return split, merge

    def _fork(self, depth: int, in_loop: bool) -> tuple[str, str]:
        split, join = self._name("p"), self._name("j")
        self.diagram.parallel(split).parallel(join)
        self.open_forks += 1
        for _ in range(self.random.randint(2, 3)):
            first, last = self._block(depth, in_loop)
            self.diagram.flow(split, first).flow(last, join)
        self.open_forks -= 1
        return split, join

    def _inquiry(self, depth: int, in_loop: bool) -> tuple[str, str]:
        split, join = self._name("i"), self._name("j")
        self.diagram.inclusive(split).inclusive(join)
        self.open_forks += 1
        for number in range(3):
            first, last = self._task(depth, in_loop)
            self.diagram.flow(split, first, when="" if number == 0 else self._flag(), default=number == 0)
            self.diagram.flow(last, join)
        self.open_forks -= 1
        return split, join

    def _loop(self, depth: int, in_loop: bool) -> tuple[str, str]:
        enter, leave = self._name("m"), self._name("x")
        first, last = self._block(depth, True)
        self.diagram.exclusive(enter).exclusive(leave)
        self.diagram.flow(enter, first).flow(last, leave).flow(leave, enter, when=self._flag())
        after, _ = self._task(depth, in_loop)
        self.diagram.flow(leave, after, default=True)
        return enter, after

    def _timed(self, depth: int, in_loop: bool) -> tuple[str, str]:
        interrupting = self.random.random() < 0.5
        self.open_forks += not interrupting
        task, late, merge = self._user(), self._name("t"), self._name("m")
        self.diagram.boundary(late, task, "PT1H", interrupting=interrupting)
        self.diagram.exclusive(merge).flow(task, merge)
        extra = self._user()
        self.open_forks -= not interrupting
        self.diagram.flow(late, extra)
        if interrupting:
            self.diagram.flow(extra, merge)
        else:
            end = self._name("e")
            self.diagram.end(end).flow(extra, end)
        return task, merge

    def _everyone(self, depth: int, in_loop: bool) -> tuple[str, str]:
        self.open_forks += 1
        name = self._user(multiple("people", "%NAME%_person"))
        self.open_forks -= 1
        return name, name
