package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalFilterTest {
  private static final String ESCAPE = "\u001b";

  private static String filtered(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TerminalFilter filter = new TerminalFilter(bytes)) {
      filter.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void textLinesAndColoursPass() throws IOException {
    String text = "a\tb\r\n" + ESCAPE + "[1;31mrot" + ESCAPE + "[m äöü € 𝄞 \u00b5\n";
    assertThat(filtered(text)).isEqualTo(text);
  }

  @Test
  void whatElseATerminalObeysIsShown() throws IOException {
    assertThat(filtered(ESCAPE + "[2J")).isEqualTo("\\u001b[2J");
    assertThat(filtered(ESCAPE + "]0;title\u0007x")).isEqualTo("\\u001b]0;title\\u0007x");
    assertThat(filtered(ESCAPE + ESCAPE + "[31m")).isEqualTo("\\u001b" + ESCAPE + "[31m");
    assertThat(filtered("a\bb\0c\u007f")).isEqualTo("a\\u0008b\\u0000c\\u007f");
    assertThat(filtered("\u009b2J\u0085")).isEqualTo("\\u009b2J\\u0085");
  }

  @Test
  void aColourThatNeverEndsIsShown() throws IOException {
    assertThat(filtered(ESCAPE + "[" + "1;".repeat(1_000) + "m"))
        .startsWith("\\u001b[1;1;")
        .endsWith("1;m");
  }
}
