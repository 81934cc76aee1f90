package dev.groundhog.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  private final StringBuilder out = new StringBuilder();
  private final JsonWriter json = new JsonWriter(out);

  @Test
  void noTextIsACommandOfACiServer() throws IOException {
    StringBuilder out = new StringBuilder();
    new JsonWriter(out).value("##[error]x #[ [## ##");
    assertThat(out).hasToString("\"##\\u005berror]x #[ [## ##\"");
  }

  @Test
  void writesNestedValuesWithoutBlanks() throws IOException {
    json.beginObject().name("a").beginArray().value(1).value(1.5).value(true).nullValue();
    json.beginObject().endObject().beginArray().endArray().endArray();
    json.name("b").value("c").endObject();
    assertThat(out).hasToString("{\"a\":[1,1.5,true,null,{},[]],\"b\":\"c\"}");
  }

  @Test
  void escapesWhatWouldLeaveTheLineOrTheEncoding() throws IOException {
    json.value("\"\\\n\r\t\b\u0000\u001b\u007f\u0085\u2028\u2029\ud800x\udc00😀ü");
    assertThat(out)
        .hasToString(
            "\"\\\"\\\\\\n\\r\\t\\u0008\\u0000\\u001b\\u007f\\u0085\\u2028\\u2029\\ud800x\\udc00"
                + "😀ü\"");
  }

  @Test
  void refusesWhatIsNoJson() throws IOException {
    assertThatThrownBy(() -> json.name("a")).hasMessage("a name cannot stand here");
    assertThatThrownBy(json::endArray).hasMessage("']' cannot stand here");
    json.beginObject();
    assertThatThrownBy(() -> json.value(1)).hasMessage("a value cannot stand here");
    assertThatThrownBy(json::endArray).hasMessage("']' cannot stand here");
    json.name("a");
    assertThatThrownBy(() -> json.name("b")).hasMessage("a name cannot stand here");
    assertThatThrownBy(json::endObject).hasMessage("'}' cannot stand here");
    assertThatThrownBy(() -> json.value(Double.NaN)).hasMessage("JSON has no NaN");
    json.nullValue().endObject();
    assertThatThrownBy(() -> json.value(1)).hasMessage("a value cannot stand here");
    assertThat(out).hasToString("{\"a\":null}");
  }

  @Test
  void refusesToNestWithoutBound() throws IOException {
    for (int i = 0; i < 64; i++) {
      json.beginArray();
    }
    assertThatThrownBy(json::beginArray).isInstanceOf(IllegalStateException.class);
  }
}
