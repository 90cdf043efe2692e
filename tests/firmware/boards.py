"""The emulated boards, and what runs on them."""

import subprocess
from dataclasses import dataclass

from publish import number

MPS2 = ["qemu-system-arm", "-nic", "user,model=lan9118"]
VIRT = [
    "qemu-system-riscv32", "-bios", "none",
    "-netdev", "user,id=network", "-device", "virtio-net-device,netdev=network",
]


@dataclass(frozen=True)
class Board:
    name: str
    architecture: str
    target: str
    qemu: tuple
    # User networking shows the one address of this machine as the other to the board.
    listens = "127.0.0.1"
    shown_as = "10.0.2.2"

    def start(self, image, arguments):
        """Starts an image; its output is what it prints by semihosting."""
        words = ["firmware", *(f"{name}={value}" for name, value in arguments.items())]
        if any("," in word or " " in word for word in words):
            raise ValueError("QEMU splits arguments at commas, and the image at spaces")
        semihosting = ",".join(f"arg={word}" for word in words)
        return subprocess.Popen(
            [
                *self.qemu, "-nographic", "-monitor", "none", "-serial", "none", "-no-reboot",
                "-semihosting-config", f"enable=on,target=native,{semihosting}", "-kernel", str(image),
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )

    def figures(self, image, output):
        """What an image and its run took of the board's memory."""
        return {"flash": image.flash, "ram": image.ram, "stack": number(output, "stack")}


def mps2(name, target):
    return Board(name, "arm", target, (*MPS2, "-M", name))


BOARDS = [
    mps2("mps2-an385", "thumbv7m-none-eabi"),
    mps2("mps2-an386", "thumbv7em-none-eabihf"),
    mps2("mps2-an500", "thumbv7em-none-eabihf"),
    Board("virt", "riscv32", "riscv32imac-unknown-none-elf", (*VIRT, "-M", "virt")),
]
