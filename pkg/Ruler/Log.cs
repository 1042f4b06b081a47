using Microsoft.Extensions.Logging;
using RemoteStore.Ruler.Scheduling;

namespace RemoteStore.Ruler;

/// <summary>Log messages of the ruler: event ids 7000 to 7999.</summary>
internal static partial class Log
{
    [LoggerMessage(7000, LogLevel.Warning, "{Count} notifications for {Alertmanager} were not sent; firing alerts are told again after the resend delay: {Reason}")]
    public static partial void NotificationsDropped(this ILogger logger, string alertmanager, int count, string reason);

    [LoggerMessage(7100, LogLevel.Warning, "Evaluated rule {Rule} of group {Group} of {File} of tenant {Tenant} without success; it is evaluated again after the interval: {Reason}")]
    public static partial void RuleFailed(this ILogger logger, string tenant, string file, string group, string rule, string reason);

    [LoggerMessage(7101, LogLevel.Warning, "Rule {Rule} of group {Group} of {File} of tenant {Tenant} goes by an answer with warnings: {Warnings}")]
    public static partial void RuleWarned(this ILogger logger, string tenant, string file, string group, string rule, string warnings);

    [LoggerMessage(7102, LogLevel.Warning, "The template of {Name} of alert {Rule} of group {Group} of {File} of tenant {Tenant} cannot be expanded; the alert has the error in its place: {Reason}")]
    public static partial void RuleTemplateFailed(this ILogger logger, string tenant, string file, string group, string rule, string name, string reason);

    [LoggerMessage(7103, LogLevel.Error, "Evaluating rule {Rule} of group {Group} of {File} of tenant {Tenant} ended with an unexpected error; it is evaluated again after the interval")]
    public static partial void RuleCrashed(this ILogger logger, string tenant, string file, string group, string rule, Exception exception);

    [LoggerMessage(7104, LogLevel.Warning, "Group {Group} of {File} of tenant {Tenant} missed {Missed} evaluations, the one before took too long")]
    public static partial void EvaluationsMissed(this ILogger logger, string tenant, string file, string group, long missed);

    [LoggerMessage(7105, LogLevel.Warning, "Read what alerts {Rule} of group {Group} of {File} of tenant {Tenant} were before the restart, without success; their clocks begin anew: {Reason}")]
    public static partial void RestoreFailed(this ILogger logger, string tenant, string file, string group, string rule, string reason);

    [LoggerMessage(7106, LogLevel.Error, "Group {Group} of {File} of tenant {Tenant} is not evaluated any more after an unexpected error")]
    public static partial void GroupCrashed(this ILogger logger, string tenant, string file, string group, Exception exception);

    [LoggerMessage(7107, LogLevel.Warning, "Ending the series of removed group {Group} of {File} of tenant {Tenant} did not succeed: {Reason}")]
    public static partial void EndingSeriesFailed(this ILogger logger, string tenant, string file, string group, string reason);

    [LoggerMessage(7200, LogLevel.Information, "Rules of tenant {Tenant} from {Origin}: {Groups} groups, {Added} new, {Changed} changed, {Removed} removed")]
    public static partial void RulesChanged(this ILogger logger, string tenant, RuleOrigin origin, int groups, int added, int changed, int removed);

    [LoggerMessage(7201, LogLevel.Error, "Rules are not loaded, those in force stay: {Fault}")]
    public static partial void RulesNotLoaded(this ILogger logger, string fault);

    [LoggerMessage(7300, LogLevel.Warning, "Answered 503 to {Method} of rules of tenant {Tenant}: {Reason}")]
    public static partial void RuleRequestFailed(this ILogger logger, string tenant, string method, string reason);
}
