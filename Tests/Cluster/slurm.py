"""A Slurm of one node for a test: munged, slurmctld and slurmd on the loopback address, in a folder of their own.

    slurm.py FOLDER COMMAND...    runs COMMAND with SLURM_CONF set; its exit code is that of COMMAND
    slurm.py                      says what is missing and ends with 1, or with 0 where nothing is

All state lies in FOLDER; what was started is stopped, whatever COMMAND does.
"""
import os, pathlib, shutil, signal, socket, subprocess, sys, time

PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "srun", "sinfo", "scancel"]
os.environ["PATH"] += ":/usr/sbin:/sbin"


def missing():
    absent = [name for name in PROGRAMS if not shutil.which(name)]
    if absent:
        return ", ".join(absent) + " (Debian: slurm-wlm, munge)"
    if os.geteuid() != 0:
        return "root, which slurmd wants"
    return None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Slurm:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.processes = []

    def start(self, name, *arguments):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen([shutil.which(name), *arguments], stdout=log, stderr=log, start_new_session=True)
        self.processes.append((name, process))
        return process

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        f = self.folder
        for name in ["munge", "state", "spool"]:
            (f / name).mkdir(mode=0o755)
        (f / "munge").chmod(0o700)
        key = f / "munge/key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        # The path of a socket has at most 107 characters; its folder must be open to all who ask.
        run = f / "run"
        run.mkdir(mode=0o755)
        self.start("munged", "--force", "--foreground", f"--socket={run}/munge.socket", f"--key-file={key}",
                   f"--log-file={f}/munge/log", f"--pid-file={run}/munged.pid", f"--seed-file={f}/munge/seed", "--num-threads=1")
        self.wait(lambda: (run / "munge.socket").exists(), "munged")
        host = socket.gethostname().split(".")[0]
        cores = len(os.sched_getaffinity(0))
        config = f / "slurm.conf"
        config.write_text(f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={run}/munge.socket
CredType=cred/munge
SlurmctldPort={free_port()}
SlurmdPort={free_port()}
StateSaveLocation={f}/state
SlurmdSpoolDir={f}/spool
SlurmctldPidFile={run}/slurmctld.pid
SlurmdPidFile={run}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={max(cores, 4)} State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES
""")
        os.environ["SLURM_CONF"] = str(config)
        self.start("slurmctld", "-D", "-f", str(config), "-c")
        self.start("slurmd", "-D", "-f", str(config), "-N", host)
        self.wait(lambda: "idle" in subprocess.run(["sinfo", "-h", "-o", "%T"], capture_output=True, text=True).stdout, "Slurm")

    def wait(self, holds, name, seconds=40):
        end = time.monotonic() + seconds
        while not holds():
            for started, process in self.processes:
                if process.poll() is not None:
                    sys.exit(f"{started} ended with {process.returncode}: {self.tail(started)}")
            if time.monotonic() > end:
                sys.exit(f"{name} is not there after {seconds} s: " + " | ".join(self.tail(n) for n, _ in self.processes))
            time.sleep(0.1)

    def tail(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")[-600:]

    def __exit__(self, *_):
        if "SLURM_CONF" in os.environ and len(self.processes) > 2:
            subprocess.run(["scancel", "--full", "--user=root"], capture_output=True, timeout=20)
            time.sleep(0.3)
        for name, process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    problem = missing()
    if len(sys.argv) < 3 or problem:
        print(problem or "nothing is missing")
        sys.exit(1 if problem else 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Slurm(sys.argv[1]):
        code = subprocess.run(sys.argv[2:]).returncode
    sys.exit(code)
