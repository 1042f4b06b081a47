using System.Text;
using RemoteStore.Api.Http;
using RemoteStore.Api.Parameters;
using RemoteStore.Api.Rules;
using RemoteStore.Model.Labels;

namespace RemoteStore.Api.Endpoints.Rules;

/// <summary>Which groups and rules a request asks for. Names come as <c>rule_name[]</c>, as Prometheus has it, or as <c>rule_name</c>; Grafana sends both.</summary>
internal sealed class RuleFilter
{
    private readonly HashSet<string> _ruleNames;
    private readonly HashSet<string> _groups;
    private readonly HashSet<string> _files;
    private readonly IReadOnlyList<IReadOnlyList<LabelMatcher>> _matchers;
    private readonly bool _takesAlerting;
    private readonly bool _takesRecording;

    /// <exception cref="ApiException">A parameter is wrong.</exception>
    public RuleFilter(ApiRequest request)
    {
        _ruleNames = Names(request, "rule_name");
        _groups = Names(request, "rule_group");
        _files = Names(request, "file");
        _matchers = request.GetMatcherSets();
        string type = request.Get("type").ToLowerInvariant();
        if (type is not ("" or "alert" or "record"))
        {
            throw ApiException.BadParameter("type", $"not supported value {GoInteger.Quote(type)}");
        }

        _takesAlerting = type is "" or "alert";
        _takesRecording = type is "" or "record";
        ExcludesAlerts = Truth(request.Get("exclude_alerts"));
    }

    /// <summary>True to leave out the alerts of rules.</summary>
    public bool ExcludesAlerts { get; }

    public bool Takes(ListedGroup group) => (_groups.Count == 0 || _groups.Contains(group.Name)) && (_files.Count == 0 || _files.Contains(group.File));

    public bool Takes(ListedRule rule) =>
        (rule.Alerting is null ? _takesRecording : _takesAlerting) &&
        (_ruleNames.Count == 0 || _ruleNames.Contains(rule.Name)) &&
        (_matchers.Count == 0 || _matchers.Any(set => set.All(matcher => Matches(rule, matcher))));

    private static bool Matches(ListedRule rule, LabelMatcher matcher) =>
        matcher.Matches(Encoding.UTF8.GetBytes(rule.Labels.FirstOrDefault(label => label.Key == matcher.Name).Value ?? ""));

    private static HashSet<string> Names(ApiRequest request, string parameter) =>
        request.GetAll(parameter + "[]").Concat(request.GetAll(parameter)).ToHashSet(StringComparer.Ordinal);

    private static bool Truth(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw ApiException.BadParameter("exclude_alerts", $"error converting exclude_alerts: strconv.ParseBool: parsing {GoInteger.Quote(text)}: invalid syntax"),
    };
}
