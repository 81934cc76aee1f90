package dev.groundhog.target.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// A pipe without a name, which a process of the same user opens as `/proc/OUR_PID/fd/N`.
///
/// Java does not tell a pipe's descriptor. It is found without native code: ours is certainly among
/// the pipes that were not open before; when just one is new, that is ours. Should another thread
/// have opened a pipe in between, we try again.
final class AnonymousPipe implements Conduit {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int MAX_ATTEMPTS = 50;

  private final Pipe pipe;
  private final String path;

  private AnonymousPipe(Pipe pipe, String path) {
    this.pipe = pipe;
    this.path = path;
  }

  static synchronized AnonymousPipe open() throws IOException {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Map<String, String> before = openPipes();
      Pipe pipe = Pipe.open();
      Map<String, String> opened = openPipes();
      opened.keySet().removeAll(before.keySet());
      if (opened.size() == 1) {
        String descriptor = opened.values().iterator().next();
        long ourPid = ProcFs.status(ProcessHandle.current().pid()).innerPid();
        return new AnonymousPipe(pipe, "/proc/" + ourPid + "/fd/" + descriptor);
      }
      pipe.sink().close();
      pipe.source().close();
    }
    throw new IOException("our own pipe was not found among those of other threads");
  }

  /// From `pipe:[INODE]` to a descriptor of it.
  private static Map<String, String> openPipes() throws IOException {
    Map<String, String> found = new HashMap<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        String link = link(descriptor);
        if (link.startsWith("pipe:")) {
          found.put(link, descriptor.getFileName().toString());
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private static String link(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  @Override
  public String pathForTarget() {
    return path;
  }

  @Override
  public InputStream source() {
    return Channels.newInputStream(pipe.source());
  }

  @Override
  public void closeWritingEnd() {
    Watchdog.closeQuietly(pipe.sink());
  }

  @Override
  public void close() throws IOException {
    closeWritingEnd();
    pipe.source().close();
  }
}
