package dev.groundhog.dump.internal.protobuf;

/// Decodes protocol buffers (protobuf.dev/programming-guides/encoding) from a byte array. Never
/// reads outside its range; what is malformed is a [Malformed] with the byte where it happened.
public final class ProtobufReader {
  public static final int VARINT = 0;
  public static final int FIXED64 = 1;
  public static final int BYTES = 2;
  public static final int FIXED32 = 5;

  private static final int MAX_VARINT_BYTES = 10;

  /// The bytes are no protocol buffer.
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  private final byte[] bytes;
  private final int end;
  private int position;
  private int field;
  private int wireType;

  public ProtobufReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ProtobufReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /// Steps to the next field; false at the end of the message.
  public boolean next() throws Malformed {
    if (position >= end) {
      return false;
    }
    long key = varint();
    field = (int) (key >>> 3);
    wireType = (int) (key & 7);
    if (key < 0 || key >>> 3 == 0 || key >>> 3 > 536_870_911) {
      throw malformed("no field has number " + (key >>> 3));
    }
    return true;
  }

  public int field() {
    return field;
  }

  public int wireType() {
    return wireType;
  }

  /// Whether another value of a packed field is left.
  public boolean hasMore() {
    return position < end;
  }

  public int position() {
    return position;
  }

  public long varint() throws Malformed {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (position >= end) {
        throw malformed("the input ends inside a number");
      }
      byte b = bytes[position++];
      value |= (long) (b & 0x7f) << (7 * i);
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("a number of more than " + MAX_VARINT_BYTES + " bytes");
  }

  /// The message, string or packed field that is this field's value.
  public ProtobufReader message() throws Malformed {
    int length = length();
    ProtobufReader inner = new ProtobufReader(bytes, position, position + length);
    position += length;
    return inner;
  }

  /// The numbers of a repeated field, whether it is packed or this is one of many fields.
  public ProtobufReader values() throws Malformed {
    if (wireType == BYTES) {
      return message();
    }
    int start = position;
    varint();
    return new ProtobufReader(bytes, start, position);
  }

  public String string() throws Malformed {
    int length = length();
    String text = new String(bytes, position, length, java.nio.charset.StandardCharsets.UTF_8);
    position += length;
    return text;
  }

  /// Passes over this field's value.
  public void skip() throws Malformed {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case BYTES -> advance(length());
      case FIXED32 -> advance(4);
      default -> throw malformed("unknown wire type " + wireType);
    }
  }

  private int length() throws Malformed {
    if (wireType != BYTES) {
      throw malformed("field " + field + " has wire type " + wireType + ", not " + BYTES);
    }
    long length = varint();
    if (length < 0 || length > end - position) {
      throw malformed("field " + field + " is longer than what is left");
    }
    return (int) length;
  }

  private void advance(int count) throws Malformed {
    if (count > end - position) {
      throw malformed("the input ends inside field " + field);
    }
    position += count;
  }

  private Malformed malformed(String what) {
    return new Malformed("at byte " + position + ": " + what);
  }
}
