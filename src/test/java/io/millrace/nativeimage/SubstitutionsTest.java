package io.millrace.nativeimage;

import static org.assertj.core.api.Assertions.assertThat;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A native build stops at a substitution whose target is gone: here that is found without one. */
class SubstitutionsTest {

  private static final List<Class<?>> SUBSTITUTIONS =
      new ClassFileImporter()
              .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
              .importPackages("io.millrace")
              .stream()
              .filter(type -> type.isAnnotatedWith(TargetClass.class))
              .<Class<?>>map(JavaClass::reflect)
              .toList();

  @Test
  void eachMethodThatIsReplacedIsInItsLibraryAsItIsReplaced() throws Exception {
    assertThat(SUBSTITUTIONS).isNotEmpty();
    for (Class<?> substitution : SUBSTITUTIONS) {
      Class<?> target = Class.forName(substitution.getAnnotation(TargetClass.class).className());
      for (Method method : substitution.getDeclaredMethods()) {
        assertThat(method.isAnnotationPresent(Substitute.class)).isTrue();
        Method replaced = target.getDeclaredMethod(method.getName(), method.getParameterTypes());
        assertThat(replaced.getReturnType()).isEqualTo(method.getReturnType());
        assertThat(replaced.getModifiers()).isEqualTo(method.getModifiers());
      }
    }
  }
}
