// Ends this process when Livedeck is gone, however it ended: Livedeck holds the other end of the standard input.
// Puppeteer answers SIGTERM by closing its browser; the program around it may take that for an error and go on.

const PATIENCE = 2_000; // milliseconds

const end = () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.exit(1), PATIENCE).unref();
};

process.stdin.on("close", end).resume().unref();
