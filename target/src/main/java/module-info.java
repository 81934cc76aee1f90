import org.jspecify.annotations.NullMarked;

/// A dump of something else: a process, a server, a file. JDK only.
@NullMarked
module dev.groundhog.target {
  requires static org.jspecify;
  requires transitive dev.groundhog.leak;
  requires jdk.attach;
  requires java.net.http;

  exports dev.groundhog.target;
}
