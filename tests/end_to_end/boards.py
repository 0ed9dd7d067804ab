# SPDX-License-Identifier: Apache-2.0
"""The dashboards as Grafana asks them: variables filled in from Prometheus, queries by panel."""

import json
import re
import urllib.parse

import support
from support import network

FOLDER = support.ROOT / "dashboards" / "grafana" / "provisioning" / "dashboards"


def series_text(sample):
    """A sample as `query_result` shows it: labels in the order of their names."""
    labels = dict(sample["metric"])
    name = labels.pop("__name__", "")
    inside = ",".join(f"{key}={json.dumps(value, ensure_ascii=False)}"
                      for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}} {sample['value'][1]} {sample['value'][0]}"


class Board:
    """One dashboard with its variables filled in."""

    def __init__(self, name, prometheus, chosen=None):
        self.json = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        self.prometheus = prometheus
        self.options = {}   # variable: [(value, text)]
        self.chosen = dict(chosen or {})
        for variable in self.json["templating"]["list"]:
            self._fill(variable)

    def _fill(self, variable):
        name = variable["name"]
        options = self._ask(variable)
        if variable["sort"] == 2:
            options.reverse()
        self.options[name] = options
        if not options:
            raise network.StepFailed(f"variable {name} of {self.json['title']} offers nothing")
        if name not in self.chosen:
            self.chosen[name] = options[0][0]
        elif self.chosen[name] not in [value for value, _ in options]:
            raise network.StepFailed(f"variable {name} does not offer {self.chosen[name]}: "
                                     f"{options}")

    def _ask(self, variable):
        asked = variable["query"]["query"]
        values = re.fullmatch(r"label_values\((.*), (\w+)\)", asked)
        if values:
            url = "/api/v1/series?" + urllib.parse.urlencode({"match[]": self.filled(values[1])})
            _, body = network.http_get(self.prometheus.url + url)
            found = {series[values[2]] for series in json.loads(body)["data"]}
            return sorted((value, value) for value in found)
        # Grafana's regular expressions are JavaScript's: (?<name>...).
        pattern = variable["regex"].strip("/").replace("(?<", "(?P<")
        found = set()
        for sample in self.prometheus.query(self.filled(re.fullmatch(r"query_result\((.*)\)",
                                                                     asked)[1])):
            match = re.search(pattern, series_text(sample))
            if match is None:
                raise network.StepFailed(f"{pattern} does not match {series_text(sample)}")
            found.add((match["value"], match["text"]))
        return sorted(found, key=lambda option: option[1])

    def filled(self, query):
        """A query with the chosen values in place of the variables."""
        return re.sub(r"\$(\w+)", lambda match: self.chosen[match[1]], query)

    def queries(self):
        """(panel's title, query) of each panel; one that repeats is asked for each value."""
        for panel in self.json["panels"]:
            again = panel.get("repeat")
            values = [value for value, _ in self.options[again]] if again else [None]
            for value in values:
                if again:
                    self.chosen[again] = value
                for target in panel.get("targets", []):
                    yield self.filled(panel["title"]), self.filled(target["expr"])

    def answer(self, title):
        """The samples of each query of the panel with this title, in order."""
        found = [self.prometheus.query(query) for panel, query in self.queries()
                 if panel == title]
        if not found:
            raise network.StepFailed(f"{self.json['title']} has no panel {title}")
        return found
