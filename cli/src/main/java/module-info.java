import org.jspecify.annotations.NullMarked;

/// The command line.
@NullMarked
module dev.groundhog.cli {
  requires static org.jspecify;
  requires info.picocli;
  requires java.net.http;
  requires java.xml;
  requires dev.groundhog.pouch;
  requires dev.groundhog.target;
  requires dev.groundhog.leak;

  exports dev.groundhog.cli;

  opens dev.groundhog.cli.internal to
      info.picocli;
}
