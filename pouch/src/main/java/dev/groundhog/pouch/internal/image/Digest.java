package dev.groundhog.pouch.internal.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// SHA-256, written `sha256:` and 64 hexadecimal digits, as everything about images is named.
final class Digest {
  static final String PREFIX = "sha256:";
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  private Digest() {}

  static boolean isOne(String text) {
    return FORM.matcher(text).matches();
  }

  static String of(byte[] bytes) {
    return shown(algorithm().digest(bytes));
  }

  static String hex(String digest) {
    return digest.substring(PREFIX.length());
  }

  private static String shown(byte[] digest) {
    return PREFIX + HexFormat.of().formatHex(digest);
  }

  private static MessageDigest algorithm() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// Adds up all that is read, and skipped.
  static final class Stream extends DigestInputStream {
    Stream(InputStream in) {
      super(in, algorithm());
    }

    @Override
    public long skip(long count) throws IOException {
      byte[] skipped = new byte[(int) Math.min(count, 8_192)];
      return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    /// Reads to the end.
    String finish() throws IOException {
      transferTo(OutputStream.nullOutputStream());
      return shown(getMessageDigest().digest());
    }
  }
}
