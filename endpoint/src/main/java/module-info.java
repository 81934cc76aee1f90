import org.jspecify.annotations.NullMarked;

/// A dump of this JVM, the memory of looks at it, the debug endpoint and who may ask it. JDK only.
@NullMarked
module dev.groundhog.endpoint {
  requires static org.jspecify;
  requires transitive dev.groundhog.leak;
  requires dev.groundhog.mark;
  requires static java.management;
  requires static transitive jdk.httpserver;

  exports dev.groundhog.endpoint;
}
