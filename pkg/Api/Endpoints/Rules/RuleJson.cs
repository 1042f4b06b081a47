using System.Globalization;
using System.Text.Json;
using RemoteStore.Api.Json;
using RemoteStore.Api.Rules;
using RemoteStore.Model.Labels;

namespace RemoteStore.Api.Endpoints.Rules;

/// <summary>Groups, rules and alerts as JSON.</summary>
internal static class RuleJson
{
    /// <summary>A group with some of its rules.</summary>
    public static void Write(Utf8JsonWriter json, ListedGroup group, IReadOnlyList<ListedRule> rules, bool withoutAlerts)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, group.Name);
        json.WriteString("file"u8, group.File);
        json.WriteStartArray("rules"u8);
        foreach (ListedRule rule in rules)
        {
            Write(json, rule, withoutAlerts);
        }

        json.WriteEndArray();
        json.WriteNumber("interval"u8, group.Interval.TotalSeconds);
        json.WriteNumber("limit"u8, group.Limit);
        WriteEvaluation(json, group.EvaluationTime, group.LastEvaluationMs);
        json.WriteEndObject();
    }

    /// <summary>An alert.</summary>
    public static void Write(Utf8JsonWriter json, ListedAlert alert)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels"u8);
        foreach (LabelPair label in alert.Labels)
        {
            json.WriteString(label.Name, label.Value);
        }

        json.WriteEndObject();
        WritePairs(json, "annotations", alert.Annotations);
        json.WriteString("state"u8, alert.State);
        json.WriteString("activeAt"u8, Time(alert.ActiveAtMs));
        if (alert.KeepFiringSinceMs is { } since)
        {
            json.WriteString("keepFiringSince"u8, Time(since));
        }

        Span<byte> value = stackalloc byte[GoFloat.MaxLength];
        json.WriteString("value"u8, value[..GoFloat.FormatExponent(alert.Value, value)]);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ListedRule rule, bool withoutAlerts)
    {
        json.WriteStartObject();
        if (rule.Alerting is { } state)
        {
            json.WriteString("state"u8, state.State);
        }

        json.WriteString("name"u8, rule.Name);
        json.WriteString("query"u8, rule.Query);
        if (rule.Alerting is { } times)
        {
            json.WriteNumber("duration"u8, times.Duration.TotalSeconds);
            json.WriteNumber("keepFiringFor"u8, times.KeepFiringFor.TotalSeconds);
        }

        WritePairs(json, "labels", rule.Labels);
        if (rule.Alerting is { } alerting)
        {
            WritePairs(json, "annotations", alerting.Annotations);
            WriteAlerts(json, withoutAlerts ? null : alerting.Alerts);
        }

        json.WriteString("health"u8, rule.Health);
        if (rule.LastError.Length > 0)
        {
            json.WriteString("lastError"u8, rule.LastError);
        }

        WriteEvaluation(json, rule.EvaluationTime, rule.LastEvaluationMs);
        json.WriteString("type"u8, rule.Alerting is null ? "recording"u8 : "alerting"u8);
        json.WriteEndObject();
    }

    private static void WriteAlerts(Utf8JsonWriter json, IReadOnlyList<ListedAlert>? alerts)
    {
        json.WritePropertyName("alerts"u8);
        if (alerts is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        foreach (ListedAlert alert in alerts)
        {
            Write(json, alert);
        }

        json.WriteEndArray();
    }

    private static void WriteEvaluation(Utf8JsonWriter json, TimeSpan time, long lastMs)
    {
        json.WriteNumber("evaluationTime"u8, time.TotalSeconds);
        json.WriteString("lastEvaluation"u8, Time(lastMs));
    }

    private static void WritePairs(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach ((string key, string value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    /// <summary>A time as RFC 3339; that which did not come yet as Go prints its zero time.</summary>
    private static string Time(long timestampMs) => timestampMs == 0
        ? "0001-01-01T00:00:00Z"
        : DateTimeOffset.FromUnixTimeMilliseconds(timestampMs).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
