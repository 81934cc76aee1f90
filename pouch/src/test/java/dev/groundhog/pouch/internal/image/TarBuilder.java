package dev.groundhog.pouch.internal.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Makes tars, also such as no tool makes.
public final class TarBuilder {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private byte[] header = new byte[0];

  public TarBuilder file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  TarBuilder file(String name, byte[] content) {
    return member('0', name, "", 0644, content);
  }

  public TarBuilder folder(String name) {
    return member('5', name, "", 0755, new byte[0]);
  }

  public TarBuilder symbolicLink(String name, String target) {
    return member('2', name, target, 0777, new byte[0]);
  }

  TarBuilder hardLink(String name, String target) {
    return member('1', name, target, 0644, new byte[0]);
  }

  TarBuilder device(String name) {
    return member('3', name, "", 0666, new byte[0]);
  }

  TarBuilder fifo(String name) {
    return member('6', name, "", 0644, new byte[0]);
  }

  TarBuilder longName(String name) {
    return member('L', "././@LongLink", "", 0644, (name + "\0").getBytes(StandardCharsets.UTF_8));
  }

  TarBuilder pax(char type, Map<String, String> records) {
    StringBuilder text = new StringBuilder();
    records.forEach((key, value) -> text.append(record(key, value)));
    return paxText(type, text.toString());
  }

  TarBuilder paxText(char type, String text) {
    return member(type, "PaxHeaders/x", "", 0644, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String record(String key, String value) {
    int length = key.length() + value.length() + 3;
    int whole = length + Integer.toString(length).length();
    whole = length + Integer.toString(whole).length();
    return whole + " " + key + "=" + value + "\n";
  }

  public TarBuilder member(char type, String name, String link, int mode, byte[] content) {
    header = new byte[BLOCK];
    put(0, 100, name);
    number(100, 8, mode);
    number(108, 8, 1_000);
    number(116, 8, 1_001);
    number(124, 12, content.length);
    number(136, 12, 1_500_000_000L);
    header[156] = (byte) type;
    put(157, 100, link);
    put(257, 6, "ustar\0");
    put(263, 2, "00");
    write(content);
    return this;
  }

  /// Changes the last header, and makes its checksum right again.
  TarBuilder with(int offset, byte[] bytes) {
    byte[] all = out.toByteArray();
    int at = lastHeader;
    System.arraycopy(bytes, 0, all, at + offset, bytes.length);
    header = java.util.Arrays.copyOfRange(all, at, at + BLOCK);
    checksum();
    System.arraycopy(header, 0, all, at, BLOCK);
    out.reset();
    out.writeBytes(all);
    return this;
  }

  TarBuilder with(int offset, String text) {
    return with(offset, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private int lastHeader;

  private void write(byte[] content) {
    checksum();
    lastHeader = out.size();
    out.writeBytes(header);
    out.writeBytes(content);
    out.writeBytes(new byte[-content.length & BLOCK - 1]);
  }

  private void checksum() {
    put(148, 8, "        ");
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xff;
    }
    put(148, 8, "%06o\0 ".formatted(sum));
  }

  private void put(int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, offset, Math.min(length, bytes.length));
  }

  private void number(int offset, int length, long value) {
    put(offset, length, ("%0" + (length - 1) + "o").formatted(value));
  }

  byte[] withoutEnd() {
    return out.toByteArray();
  }

  public byte[] end() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(out.toByteArray());
    all.writeBytes(new byte[2 * BLOCK]);
    return all.toByteArray();
  }
}
