package dev.groundhog.dump.fuzz;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.internal.Content;
import dev.groundhog.dump.internal.json.JsonTokens;
import dev.groundhog.dump.internal.protobuf.ProtobufReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The properties of the tokenizers alone: nothing but their own exception, and two ways through
/// the same input that must meet.
final class Tokens {
  private static final int MAX_DEPTH = 8;

  private Tokens() {}

  /// What is pulled out of JSON value by value, written down and pulled again is the same; passing
  /// over it ends at the same byte.
  static void json(byte[] input) {
    JsonTokens pulled = new JsonTokens(new Content(new ByteArrayInputStream(input)));
    JsonTokens skipped = new JsonTokens(new Content(new ByteArrayInputStream(input)));
    Optional<String> text = pull(pulled);
    boolean passed = pass(skipped);
    if (passed != text.isPresent() || pulled.offset() != skipped.offset()) {
      throw new AssertionError(
          "read to " + pulled.offset() + " and passed over to " + skipped.offset());
    }
    if (text.isPresent()) {
      byte[] again = text.get().getBytes(StandardCharsets.UTF_8);
      Optional<String> second = pull(new JsonTokens(new Content(new ByteArrayInputStream(again))));
      if (!second.equals(text)) {
        throw new AssertionError(text.get() + " is read as " + second);
      }
    }
  }

  private static Optional<String> pull(JsonTokens json) {
    try {
      StringBuilder text = new StringBuilder();
      value(json, text);
      return Optional.of(text.toString());
    } catch (JsonTokens.Malformed e) {
      return Optional.empty();
    } catch (DumpException e) {
      throw new AssertionError("a byte array cannot fail", e);
    }
  }

  private static boolean pass(JsonTokens json) {
    try {
      json.skip();
      return true;
    } catch (JsonTokens.Malformed e) {
      return false;
    } catch (DumpException e) {
      throw new AssertionError("a byte array cannot fail", e);
    }
  }

  private static void value(JsonTokens json, StringBuilder text)
      throws JsonTokens.Malformed, DumpException {
    switch (json.peekValue()) {
      case '{' -> {
        json.beginObject();
        String before = "{";
        while (json.nextMember()) {
          text.append(before);
          string(json.name(), text);
          text.append(':');
          value(json, text);
          before = ",";
        }
        text.append(before.equals("{") ? "{}" : "}");
      }
      case '[' -> {
        json.beginArray();
        String before = "[";
        while (json.nextElement()) {
          text.append(before);
          value(json, text);
          before = ",";
        }
        text.append(before.equals("[") ? "[]" : "]");
      }
      case '"' -> string(json.scalar(), text);
      default -> text.append(json.scalar());
    }
  }

  private static void string(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\' || c < 0x20) {
        text.append("\\u00").append(Character.forDigit(c >> 4, 16));
        text.append(Character.forDigit(c & 15, 16));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  /// Reading a value ends where passing over it ends, and never behind the input.
  static void protobuf(byte[] input) {
    ProtobufReader reads = new ProtobufReader(input);
    ProtobufReader passes = new ProtobufReader(input);
    while (next(reads) & next(passes)) {
      boolean passed = done(passes::skip);
      boolean read =
          switch (reads.wireType()) {
            case ProtobufReader.VARINT -> done(reads::varint);
            case ProtobufReader.BYTES -> done(() -> inside(reads.message(), MAX_DEPTH));
            default -> done(reads::skip);
          };
      if (read != passed || reads.position() != passes.position()) {
        throw new AssertionError(
            "read to " + reads.position() + " and passed over to " + passes.position());
      }
      if (!read) {
        return;
      }
    }
    if (reads.position() > input.length) {
      throw new AssertionError("read behind the end");
    }
  }

  /// A field of bytes may be a message, a string, or packed numbers.
  private static void inside(ProtobufReader message, int depth) {
    while (depth > 0 && next(message)) {
      boolean more =
          message.wireType() == ProtobufReader.BYTES
              ? done(() -> inside(message.message(), depth - 1))
              : done(message::skip);
      if (!more) {
        return;
      }
    }
    while (message.hasMore() && done(message::varint)) {}
  }

  private interface Step {
    void take() throws ProtobufReader.Malformed;
  }

  private static boolean next(ProtobufReader message) {
    boolean[] more = {false};
    return done(() -> more[0] = message.next()) && more[0];
  }

  private static boolean done(Step step) {
    try {
      step.take();
      return true;
    } catch (ProtobufReader.Malformed e) {
      if (String.valueOf(e.getMessage()).isEmpty()) {
        throw new AssertionError("malformed, without a reason", e);
      }
      return false;
    }
  }
}
