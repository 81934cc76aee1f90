package dev.groundhog.dump.internal.protobuf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Encodes one message of protocol buffers in memory; fields are written in the order of the calls.
/// Not thread-safe.
public final class ProtobufWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// A number; left out if it is 0, as proto3 has it.
  public ProtobufWriter number(int field, long value) {
    if (value != 0) {
      key(field, ProtobufReader.VARINT);
      varint(value);
    }
    return this;
  }

  public ProtobufWriter string(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  public ProtobufWriter message(int field, ProtobufWriter message) {
    return bytes(field, message.bytes.toByteArray());
  }

  /// A packed repeated field.
  public ProtobufWriter numbers(int field, Iterable<Long> values) {
    ProtobufWriter packed = new ProtobufWriter();
    values.forEach(packed::varint);
    return message(field, packed);
  }

  public void writeTo(OutputStream out) throws IOException {
    bytes.writeTo(out);
  }

  private ProtobufWriter bytes(int field, byte[] value) {
    key(field, ProtobufReader.BYTES);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  private void key(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
