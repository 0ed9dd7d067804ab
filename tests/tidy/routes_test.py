# SPDX-License-Identifier: Apache-2.0
"""A route of the portal without a policy, or with one that contradicts it, does not compile."""

import os
import shutil
import subprocess
import unittest

import project

TABLE = """
#include "dashboards/portal/route.h"
namespace plumbline {
HttpAnswer open_page(const PortalSources&);
Result<Json> data_page(ScopedData&, const RouteArguments&);
inline constexpr Roles kProvince{Role::kProvince};
inline constexpr auto kTable = std::to_array<Route>({ROUTES});
static_assert(routes_are_sound(kTable), "unsound");
}
"""
GET = "HttpMethod::kGet"
CITY = 'Policy(ScopeKind::kCity, kProvince)'

SOUND = [
    f'{{{GET}, "/open", Policy::open(), "", &open_page}}',
    f'{{{GET}, "/cities/{{city}}", {CITY}, "period", &data_page}}',
]
WITHOUT_A_POLICY = [
    f'{{{GET}, "/open"}}',
    f'{{{GET}, "/open", {{}}, "", &open_page}}',
    f'{{.method = {GET}, .pattern = "/open", .parameters = "", .handler = &open_page}}',
]
UNSOUND = {
    "data for everyone": f'{{{GET}, "/a", Policy::open(), "", &data_page}}',
    "a policy that lets nobody in":
        f'{{{GET}, "/a", Policy(ScopeKind::kNetwork, Roles{{}}), "", &data_page}}',
    "a unit that the pattern does not name": f'{{{GET}, "/cities", {CITY}, "", &data_page}}',
    "a unit that the policy is not about":
        f'{{{GET}, "/outlets/{{outlet}}", {CITY}, "", &data_page}}',
    "the same twice": ", ".join([SOUND[0], SOUND[0]]),
}


def compiler():
    return shutil.which(os.environ.get("CXX", "c++"))


def compile_table(routes):
    """The compiler's (exit code, messages) for a table of these routes."""
    text = TABLE.replace("ROUTES", routes)
    done = subprocess.run([compiler(), "-std=c++20", "-fsyntax-only", "-Wno-all", "-I",
                           str(project.ROOT), "-x", "c++", "-"],
                          input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@unittest.skipUnless(compiler(), "no C++ compiler")
class RoutesTest(unittest.TestCase):
    def test_a_sound_table_compiles(self):
        code, messages = compile_table(", ".join(SOUND))
        self.assertEqual(code, 0, messages)

    def test_a_route_without_a_policy_does_not_compile(self):
        for route in WITHOUT_A_POLICY:
            with self.subTest(route):
                code, messages = compile_table(route)
                self.assertNotEqual(code, 0)
                self.assertIn("Policy", messages)

    def test_a_contradiction_does_not_compile(self):
        for what, routes in UNSOUND.items():
            with self.subTest(what):
                code, messages = compile_table(routes)
                self.assertNotEqual(code, 0)
                self.assertIn("unsound", messages)


if __name__ == "__main__":
    unittest.main()
