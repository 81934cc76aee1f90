package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Finds the keys by which a client lets go of a terminal in what it types. For one thread.
final class DetachKeys {
  private static final String USUAL = "ctrl-p,ctrl-q";
  private static final int MOST_KEYS = 64;
  private static final String CONTROL = "ctrl-";

  /// Behind `ctrl-`, in the order of their codes.
  private static final String CONTROLS = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

  private final byte[] keys;

  /// So many of them were typed last, and are held back.
  private int matched;

  private DetachKeys(byte[] keys) {
    this.keys = keys;
  }

  /// @param text such as `ctrl-p,ctrl-q`, which an empty one stands for
  static DetachKeys of(String text) {
    String[] names = (text.isEmpty() ? USUAL : text).split(",", MOST_KEYS + 1);
    byte[] keys = new byte[names.length];
    for (int i = 0; i < names.length; i++) {
      int key = names.length > MOST_KEYS ? -1 : key(names[i]);
      if (key < 0) {
        throw new ApiException(Code.BAD_REQUEST, "Invalid detach keys (" + text + ") provided");
      }
      keys[i] = (byte) key;
    }
    return new DetachKeys(keys);
  }

  private static int key(String name) {
    if (name.length() == 1 && name.charAt(0) < 0x80) {
      return name.charAt(0);
    }
    return name.startsWith(CONTROL) && name.length() == CONTROL.length() + 1
        ? CONTROLS.indexOf(name.charAt(CONTROL.length()))
        : -1;
  }

  /// What is to be passed on of what was typed; behind the keys, nothing.
  byte[] pass(byte[] typed, int count) {
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    for (int i = 0; i < count && !isComplete(); i++) {
      match(typed[i], passed);
    }
    return passed.toByteArray();
  }

  private void match(byte key, ByteArrayOutputStream passed) {
    byte[] held = Arrays.copyOf(keys, matched + 1);
    held[matched] = key;
    int from = 0;
    while (!Arrays.equals(held, from, held.length, keys, 0, held.length - from)) {
      passed.write(held[from]);
      from++;
    }
    matched = held.length - from;
  }

  /// Whether all of them were typed.
  boolean isComplete() {
    return matched == keys.length;
  }

  @Override
  public String toString() {
    return new String(keys, StandardCharsets.ISO_8859_1);
  }
}
