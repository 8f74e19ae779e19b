import java.io.File;
import java.io.InputStream;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Reference;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Holds PDF files against PDF/A-3a and PDF/UA-1: one line for each file and profile, PASS or FAIL, then the
 * clauses that failed. The profiles are read by hand, since the jar at hand cannot read them itself.
 *
 * <p>Usage: java -cp JAR:FOLDER VeraCheck FILE... Exit code: 0 all pass, 1 some fail, 2 could not check.
 */
public final class VeraCheck {
  private static final Map<String, String> PROFILES = new LinkedHashMap<>();
  private static final int REMEMBERED = 500;

  static {
    PROFILES.put("3a", "PDFA-3A");
    PROFILES.put("ua1", "PDFUA-1");
  }

  private VeraCheck() {}

  /** Checks every file against every profile. */
  public static void main(String[] names) throws Exception {
    LogManager.getLogManager().reset();
    VeraGreenfieldFoundryProvider.initialise();
    boolean good = true;
    for (Map.Entry<String, String> each : PROFILES.entrySet()) {
      PDFAFlavour flavour = PDFAFlavour.byFlavourId(each.getKey());
      ValidationProfile profile = read(flavour, each.getValue());
      for (String name : names) {
        good &= check(name, flavour, profile);
      }
    }
    System.exit(good ? 0 : 1);
  }

  private static boolean check(String name, PDFAFlavour flavour, ValidationProfile profile) throws Exception {
    try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(name), flavour);
        PDFAValidator validator =
            Foundries.defaultInstance().createValidator(profile, REMEMBERED, true, false, false)) {
      ValidationResult result = validator.validate(parser);
      String word = result.isCompliant() ? "PASS" : "FAIL";
      System.out.println(word + " " + flavour.getId() + " " + result.getTotalAssertions() + " " + name);
      for (Map.Entry<RuleId, Integer> failed : result.getFailedChecks().entrySet()) {
        RuleId rule = failed.getKey();
        System.out.println("  " + rule.getClause() + " test " + rule.getTestNumber() + " x " + failed.getValue());
      }
      return result.isCompliant();
    }
  }

  private static ValidationProfile read(PDFAFlavour flavour, String name) throws Exception {
    Set<Rule> rules = new HashSet<>();
    Set<Variable> variables = new HashSet<>();
    String place = "org/verapdf/pdfa/validation/" + name + ".xml";
    try (InputStream in = VeraCheck.class.getClassLoader().getResourceAsStream(place)) {
      Element root =
          DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in).getDocumentElement();
      NodeList found = root.getElementsByTagName("rule");
      for (int index = 0; index < found.getLength(); index++) {
        rules.add(rule((Element) found.item(index)));
      }
      NodeList named = root.getElementsByTagName("variable");
      for (int index = 0; index < named.getLength(); index++) {
        Element one = (Element) named.item(index);
        variables.add(
            Profiles.variableFromValues(
                one.getAttribute("name"), one.getAttribute("object"), text(one, "defaultValue"), text(one, "value")));
      }
    }
    if (rules.isEmpty()) {
      throw new IllegalStateException("no rules in " + place);
    }
    return Profiles.profileFromValues(
        flavour, Profiles.profileDetailsFromValues(name, name, "veraPDF", new Date(0)), "", rules, variables);
  }

  private static Rule rule(Element one) {
    Element id = child(one, "id");
    Element error = child(one, "error");
    RuleId named =
        Profiles.ruleIdFromValues(
            specification(id.getAttribute("specification")),
            id.getAttribute("clause"),
            Integer.parseInt(id.getAttribute("testNumber")));
    return Profiles.ruleFromValues(
        named,
        one.getAttribute("object"),
        one.hasAttribute("deferred") ? Boolean.valueOf(one.getAttribute("deferred")) : null,
        one.getAttribute("tags"),
        text(one, "description"),
        text(one, "test"),
        Profiles.errorFromValues(
            error == null ? "" : text(error, "message"), Collections.<ErrorArgument>emptyList()),
        Collections.<Reference>emptyList());
  }

  private static PDFAFlavour.Specification specification(String name) {
    for (PDFAFlavour.Specification each : PDFAFlavour.Specification.values()) {
      if (each.name().equals(name) || each.toString().equals(name)) {
        return each;
      }
    }
    throw new IllegalStateException("no specification " + name);
  }

  private static Element child(Element parent, String name) {
    NodeList found = parent.getChildNodes();
    for (int index = 0; index < found.getLength(); index++) {
      if (found.item(index).getNodeName().equals(name)) {
        return (Element) found.item(index);
      }
    }
    return null;
  }

  private static String text(Element parent, String name) {
    Element found = child(parent, name);
    return found == null ? "" : found.getTextContent();
  }
}
