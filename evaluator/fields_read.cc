// SPDX-License-Identifier: Apache-2.0
#include "evaluator/fields_read.h"

#include "evaluator/expression_node.h"

namespace plumbline {
namespace {

void mark(const Expression::Node& node, std::vector<bool>& read) {
  if (node.op == ExprOp::kField || node.op == ExprOp::kHasField) read[node.index] = true;
  for (const Expression::Node& arg : node.args) mark(arg, read);
}

void mark(const std::optional<Expression>& expression, std::vector<bool>& read) {
  if (expression) mark(expression->root(), read);
}

}  // namespace

std::vector<bool> fields_read(const RulePlans& plans, std::size_t type) {
  const TypeSpec& spec = plans.pack().events.types[type];
  std::vector<bool> read(spec.fields.size(), false);
  // Whether a case is overdue is counted, whoever asks.
  if (spec.due_field) {
    read[static_cast<std::size_t>(spec.field(*spec.due_field) - spec.fields.data())] = true;
  }
  for (std::uint32_t p : plans.plans_of_type[type]) {
    const IndicatorPlan& plan = plans.plans[p].indicator;
    const Indicator& indicator = plan.indicator();
    mark(indicator.where, read);
    mark(indicator.dated_by, read);
    mark(indicator.value, read);
    mark(indicator.numerator, read);
    for (std::size_t b = 0; b < indicator.by.size(); ++b) read[plan.field_of(b)] = true;
  }
  return read;
}

}  // namespace plumbline
