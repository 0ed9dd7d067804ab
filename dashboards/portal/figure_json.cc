// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/figure_json.h"

#include "dashboards/portal/figure_text.h"
#include "dashboards/portal/json_read.h"
#include "dashboards/portal/words.h"

namespace plumbline {

Json figure_json(const Json& standard, const std::string& indicator, const Json& figure,
                 Sufficient sufficient) {
  const Json* about = with_id(standard, "indicators", indicator);
  const std::string aggregate = about == nullptr ? "" : text_at(*about, "aggregate");
  Json json = Json::object();
  json.set("id", indicator);
  json.set("title",
           words::text_of(about == nullptr ? nullptr : about->find("title"), indicator).json());
  json.set("value", at_or_null(figure, "value"));
  json.set("text", figure_text(aggregate, text_at(figure, "unit"), figure.find("value")));
  json.set("n", at_or_null(figure, "n")).set("numerator", at_or_null(figure, "numerator"));
  json.set("sufficient", sufficient == Sufficient::kYes);
  return json;
}

Json indicator_json(const Json& standard, const Json& indicator) {
  return figure_json(standard, text_at(indicator, "id"), indicator,
                     flag_at(indicator, "sufficient") ? Sufficient::kYes : Sufficient::kNo);
}

}  // namespace plumbline
