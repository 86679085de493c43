"""Why a change of a process is refused."""

from __future__ import annotations

from engine.errors import Conflict, Forbidden, Invalid, NotFound


class ChangeUnknown(NotFound):
    """No such change."""

    code = "change_unknown"
    zh = "没有找到该流程变更"
    en = "There is no such change of a process"


class NotAnOwner(Forbidden):
    """Only the owners of a process change it."""

    code = "process_not_owned"
    zh = "只有流程“{key}”的负责部门可以修改它"
    en = "Only the owners of process “{key}” may change it"


class NotAReviewer(Forbidden):
    """Only the reviewers of a process release what was changed."""

    code = "process_not_reviewed"
    zh = "只有流程“{key}”的评审部门可以评审其变更"
    en = "Only the reviewers of process “{key}” may review its changes"


class ReviewerWroteIt(Forbidden):
    """Whoever wrote a change does not approve it (separation of author and approver)."""

    code = "change_reviewer_is_author"
    zh = "您参与了此变更的编写，不能评审它，请由其他评审人处理"
    en = "You took part in writing this change and may not review it; somebody else has to"


class ChangeUnderWay(Conflict):
    """One process is changed by one change at a time."""

    code = "change_under_way"
    zh = "流程“{key}”已有进行中的变更（{author}），请在其中继续"
    en = "Process “{key}” is being changed already ({author}); go on there"


class ChangeMovedOn(Conflict):
    """Somebody saved the file since it was read; nothing was overwritten."""

    code = "change_moved_on"
    zh = "文件“{name}”已被更新到第 {revision} 版，您的内容没有覆盖它"
    en = "The file “{name}” has moved on to revision {revision}; it was not overwritten"


class ChangeLocked(Conflict):
    """Somebody else is editing."""

    code = "change_locked"
    zh = "{editor}正在编辑此变更"
    en = "{editor} is editing this change"


class ChangeNotOpen(Conflict):
    """What was asked for fits another status."""

    code = "change_not_open"
    zh = "该变更当前的状态不允许此操作"
    en = "In its present status this cannot be done with the change"


class ChangeOutdated(Conflict):
    """Another version was published since the change was opened."""

    code = "change_outdated"
    zh = "变更期间流程已发布了 v{version}，请先以它为基础核对您的修改"
    en = "v{version} was published in the meantime; base the change on it and look at the differences first"


class FileNameInvalid(Invalid):
    """A name that no file of a process can have."""

    code = "change_file_name_invalid"
    zh = "文件名“{name}”不可用：须为小写字母、数字、_ 或 -，扩展名为 .json 或 .dmn"
    en = "“{name}” cannot be a file's name: lower-case letters, digits, _ or -, ending in .json or .dmn"


class FileTooLarge(Invalid):
    """Larger than any real file of a process."""

    code = "change_file_too_large"
    zh = "文件超过 {limit_mib} MB"
    en = "The file is larger than {limit_mib} MB"


class FileNeeded(Invalid):
    """The diagram belongs to the process."""

    code = "change_file_needed"
    zh = "“{name}”不能删除"
    en = "“{name}” cannot be removed"


class FileMissing(NotFound):
    """The change has no such file."""

    code = "change_file_missing"
    zh = "变更中没有文件“{name}”"
    en = "The change has no file “{name}”"


class ProcessKeyInvalid(Invalid):
    """A key that an address and a case number can be made of."""

    code = "process_key_invalid"
    zh = "流程标识须为 2–64 位小写字母、数字或 _，并以字母开头"
    en = "A process key has 2–64 lower-case letters, digits or _ and starts with a letter"


class ProcessKeyTaken(Conflict):
    """There is such a process."""

    code = "process_key_taken"
    zh = "标识 {key} 已被使用"
    en = "The key {key} is taken"


class NameNeeded(Invalid):
    """A process is known by a name in both languages."""

    code = "process_name_needed"
    zh = "请填写中文和英文名称"
    en = "Give a name in Chinese and in English"


class ReasonNeeded(Invalid):
    """A change says why."""

    code = "change_reason_needed"
    zh = "请填写变更原因（不超过 {limit} 字）"
    en = "Say why this is changed, in at most {limit} characters"


class NoteNeeded(Invalid):
    """Whoever sends a change back says what is missing."""

    code = "change_note_needed"
    zh = "退回时请说明原因"
    en = "Say what is missing when sending a change back"


class EffectiveInPast(Invalid):
    """Nothing comes into force before it is approved."""

    code = "change_effective_in_past"
    zh = "生效时间不能早于现在"
    en = "A change cannot come into force in the past"


class ChangeEmpty(Invalid):
    """Nothing was changed."""

    code = "change_empty"
    zh = "变更中没有任何修改"
    en = "Nothing was changed"


class ChangeHasProblems(Invalid):
    """The publish checks would refuse it."""

    code = "change_has_problems"
    zh = "还有 {count} 个错误，改正后才能提交"
    en = "There are {count} errors; they must be mended before this is submitted"


class WalksDiffer(Invalid):
    """The walks of the process were not run on these files, or end differently."""

    code = "change_walks_differ"
    zh = "提交前须对当前文件运行全部走查，且结果与预期一致"
    en = "Before submitting, run all walks on the present files; they must end as they say"


class ReachesOthers(Forbidden):
    """A changed form or table is used by processes of somebody else."""

    code = "change_reaches_others"
    zh = "修改的表单或决策表也用于您不负责的流程：{processes}"
    en = "A form or table you changed is used by processes you do not own: {processes}"
