package newcomer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/// Checks what Surefire's XML files say: `SurefireFiles agent|none FOLDER`. Ends with 1 if that is
/// not as expected.
public final class SurefireFiles {
  private SurefireFiles() {}

  public static void main(String[] args) throws Exception {
    List<String> ran = new ArrayList<>();
    Map<String, String> failures = new HashMap<>();
    try (var files = Files.newDirectoryStream(Path.of(args[1]), "TEST-*.xml")) {
      for (Path file : files) {
        read(file, ran, failures);
      }
    }
    Expected expected = new Expected(args[0].equals("agent"));
    List<String> mistakes = expected.mistakes(ran, failures);
    mistakes.forEach(mistake -> System.out.println("MISTAKE " + mistake));
    System.out.println(ran.size() + " tests in Surefire's files, " + failures.size() + " failed");
    System.exit(mistakes.isEmpty() ? 0 : 1);
  }

  private static void read(Path file, List<String> ran, Map<String, String> failures)
      throws Exception {
    var cases =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(file.toFile())
            .getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      String type = test.getAttribute("classname");
      String name =
          type.substring(type.lastIndexOf('.') + 1) + "." + test.getAttribute("name") + "()";
      ran.add(name);
      for (String kind : List.of("failure", "error")) {
        if (test.getElementsByTagName(kind).item(0) instanceof Element failure) {
          failures.put(name, failure.getAttribute("message"));
        }
      }
    }
  }
}
