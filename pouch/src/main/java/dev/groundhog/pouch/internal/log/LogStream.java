package dev.groundhog.pouch.internal.log;

/// One of the two outputs of a container.
public enum LogStream {
  STDOUT("stdout"),
  STDERR("stderr");

  private final String key;

  LogStream(String key) {
    this.key = key;
  }

  /// As `json.log` has it.
  public String key() {
    return key;
  }

  public String rawName() {
    return key + ".raw";
  }
}
