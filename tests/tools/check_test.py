"""The tools that guard the tree must themselves be able to fail."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "conformance"))
sys.dont_write_bytecode = True
import check_layers
import check_size
import run as conformance
import run_scripts


def tree(files):
    root = pathlib.Path(tempfile.mkdtemp())
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


class Layers(unittest.TestCase):
    def check(self, name, include):
        return list(check_layers.problems(tree({name: f'#include "{include}"\n'})))

    def test_down_is_allowed(self):
        self.assertEqual(self.check("types/list.cpp", "object/ref.h"), [])

    def test_up_is_an_error(self):
        self.assertEqual(self.check("syntax/parser.cpp", "interp/frame.h"),
                         ['src/syntax/parser.cpp:1: syntax/ may not use "interp/frame.h"'])

    def test_object_implementation_may_use_types(self):
        self.assertEqual(self.check("object/call.cpp", "types/tuple.h"), [])
        self.assertEqual(len(self.check("object/call.h", "types/tuple.h")), 1)


class Sizes(unittest.TestCase):
    def check(self, text, name="src/a/b.cpp"):
        return list(check_size.problems(tree({name: text})))

    def test_a_long_function_is_an_error(self):
        body = "  call();\n"
        self.assertEqual(self.check("namespace habu {\nint f(int a) {\n" + body * 78 + "}\n}\n"), [])
        self.assertEqual(len(self.check("namespace habu {\nint f(int a) {\n" + body * 80 + "}\n}\n")), 1)

    def test_comments_and_blank_lines_are_free(self):
        self.assertEqual(self.check("int f() {\n" + "  // why }\n\n" * 200 + "}\n"), [])

    def test_a_long_table_or_class_is_no_function(self):
        self.assertEqual(self.check("const int kA[] = {\n" + "  1,\n" * 90 + "};\nstruct A {\n" + "  int a;\n" * 90 + "};\n"), [])

    def test_a_long_file_is_an_error(self):
        self.assertEqual(len(self.check("int a;\n" * 1001)), 1)
        self.assertEqual(self.check("int a;\n" * 1001, "src/a/b_tables.cpp"), [])


class Scripts(unittest.TestCase):
    def test_expectations_are_read(self):
        wanted = run_scripts.expectation("print(1)  # expect: 1\nx  # raises: NameError: name 'x' is not defined\n")
        self.assertEqual(wanted, ("1\n", "NameError: name 'x' is not defined"))
        self.assertIsNone(run_scripts.expectation("print(1)\n"))


class Conformance(unittest.TestCase):
    def test_results_are_read_from_verbose_output(self):
        text = """test_a (test.test_x.T.test_a) ... ok
test_b (test.test_x.T.test_b)
What it does. ... printed by the test
ok
test_c (test.test_x.T.test_c) ...   test_c (test.test_x.T.test_c) (i=1) ... FAIL
test_d (test.test_x.T.test_d) ... skipped 'no'
test_e (test.test_x.T.test_e) ... ERROR
test_f (test.test_x.T.test_f) ... expected failure
test_g (test.test_x.T.test_g) ... """
        self.assertEqual(conformance.passed(text), {"test.test_x.T.test_a", "test.test_x.T.test_b", "test.test_x.T.test_f"})


if __name__ == "__main__":
    unittest.main()
