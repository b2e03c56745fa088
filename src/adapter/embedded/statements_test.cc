#include "adapter/embedded/statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/embedded/sqlite.h"

namespace soundbite::embedded {
namespace {

class Plans : public testing::Test {
 protected:
  Plans() {
    sqlite3* handle = nullptr;
    sqlite3_open(":memory:", &handle);
    connection_ = std::make_unique<Connection>(handle);
    for (const auto step : migrations()) connection_->execute(step).value();
  }

  std::vector<std::string> plan_of(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const std::string explain = "EXPLAIN QUERY PLAN " + std::string(sql);
    EXPECT_EQ(sqlite3_prepare_v2(connection_->handle(), explain.c_str(), -1, &statement, nullptr), SQLITE_OK) << sql;
    std::vector<std::string> steps;
    {
      Query query(*connection_, statement);
      while (query.next().value()) steps.emplace_back(query.text(3));
    }
    sqlite3_finalize(statement);
    return steps;
  }

  std::unique_ptr<Connection> connection_;
};

bool reads_rows(Sql statement) {
  switch (statement) {
    case Sql::begin:
    case Sql::commit:
    case Sql::savepoint:
    case Sql::release:
    case Sql::rollback_to:
    case Sql::insert_job:
    case Sql::insert_spec:
    case Sql::insert_job_file:
    case Sql::insert_file:
    case Sql::insert_upload:
    case Sql::put_idempotency: return false;
    default: return true;
  }
}

TEST_F(Plans, find_every_row_by_an_index_and_sort_none) {
  for (int i = 0; i < int(Sql::number_of_statements); ++i) {
    if (!reads_rows(Sql(i))) continue;
    const auto sql = text_of(Sql(i));
    const auto plan = plan_of(sql);
    EXPECT_FALSE(plan.empty()) << sql;
    for (const auto& step : plan) {
      EXPECT_THAT(step, testing::Not(testing::HasSubstr("SCAN"))) << sql;
      EXPECT_THAT(step, testing::Not(testing::HasSubstr("TEMP B-TREE"))) << sql;
    }
  }
}

TEST_F(Plans, take_lists_and_the_queue_from_the_index_made_for_them) {
  const auto uses = [this](Sql statement, const std::string& index) {
    EXPECT_THAT(plan_of(text_of(statement)), testing::ElementsAre(testing::HasSubstr(index))) << text_of(statement);
  };
  uses(Sql::list_jobs, "INDEX job_of_owner (tenant_id=? AND user_id=? AND id>? AND id<?)");
  uses(Sql::list_jobs_by_status, "INDEX job_of_owner_by_status (tenant_id=? AND user_id=? AND status=? AND id>?");
  uses(Sql::list_dead_letters, "INDEX job_dead_letter (id>? AND id<?)");
  uses(Sql::due_jobs, "INDEX job_due (due_at<?)");
  uses(Sql::next_due, "INDEX job_due (due_at>?)");
  uses(Sql::oldest_due, "INDEX job_due (due_at<?)");
  uses(Sql::lapsed_leases, "INDEX job_lease (lease_until<?)");
  uses(Sql::expired_jobs, "INDEX job_expiry (expires_at<?)");
  uses(Sql::list_files, "INDEX file_of_owner (tenant_id=? AND user_id=? AND id<?)");
  uses(Sql::expired_uploads, "INDEX upload_expiry (expires_at<?)");
}

TEST_F(Plans, ask_only_unsettled_jobs_whether_a_file_is_in_use) {
  using testing::ElementsAre;
  using testing::HasSubstr;
  const auto asks = HasSubstr("job_file USING INDEX job_file_in_use (file_id=?)");
  EXPECT_THAT(plan_of(text_of(Sql::job_using_file)), ElementsAre(asks, HasSubstr("job USING INTEGER PRIMARY KEY")));
  EXPECT_THAT(plan_of(text_of(Sql::expired_files)),
              ElementsAre(HasSubstr("INDEX file_expiry (expires_at<?)"), HasSubstr("SUBQUERY"), asks));
}

}  // namespace
}  // namespace soundbite::embedded
