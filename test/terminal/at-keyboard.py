"""Runs a command at a terminal of its own and types: argv is a JSON list of [seen, typed] pairs, then the command."""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, screen = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 100, 0, 0))
    os.environ['TERM'] = 'xterm-256color'
    os.execvp(command[0], command)
said, since, ends = b'', 0, time.monotonic() + 40
while time.monotonic() < ends:
    if not select.select([screen], [], [], 1)[0]:
        continue
    try:
        chunk = os.read(screen, 65536)
    except OSError:
        break
    if not chunk:
        break
    said += chunk
    while steps and (found := re.search(steps[0][0].encode(), said[since:], re.DOTALL)):
        since += found.end()
        os.write(screen, steps.pop(0)[1].encode())
else:
    os.kill(pid, signal.SIGKILL)
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
