// The folder that one process owns: made when missing, locked while in use.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/file.h"

namespace soundbite::embedded {

// Holds the lock until destroyed. The lock file also tells how the last owner stopped.
class DataFolder {
 public:
  // Makes the folder (0700) where it is missing. Errors, one line each: conflict (another process owns it), unavailable
  // (cannot be written), storage_full.
  static Result<std::unique_ptr<DataFolder>> open(const std::string& path);

  const std::string& path() const { return path_; }
  int fd() const { return folder_.fd(); }
  std::string database_path() const { return path_ + "/soundbite.db"; }

  // The last owner did not get to release(Stop::clean).
  bool stopped_uncleanly() const { return stopped_uncleanly_; }
  // `error` of something inside the folder as one line that names the folder and the fix.
  Error explain(const Error& error) const;

  // The last thing to do: leaves word of how this owner stopped, and lets others in.
  enum class Stop { clean, unclean };
  void release(Stop stop);

 private:
  DataFolder(std::string path, File folder, File lock, bool stopped_uncleanly);

  std::string path_;
  File folder_;
  File lock_;
  bool stopped_uncleanly_;
};

// Makes `name` (0700) beneath `folder` unless it is there, and opens it. Durable on return.
Result<File> make_folder(int folder, const std::string& name);

}  // namespace soundbite::embedded
