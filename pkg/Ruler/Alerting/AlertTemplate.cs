using RemoteStore.Ruler.Templates;

namespace RemoteStore.Ruler.Alerting;

/// <summary>The template of a label or annotation of an alert. Parsed once; immutable.</summary>
internal sealed class AlertTemplate
{
    /// <summary>What users who do not know the language write instead of fields of the dot.</summary>
    private const string Definitions = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

    private readonly string _text;
    private readonly string _templateName;
    private readonly GoTemplate? _template;
    private readonly string? _fault;

    /// <summary>Parses a template.</summary>
    /// <param name="alert">Name of the alert.</param>
    /// <param name="name">Name of the label or annotation.</param>
    /// <param name="text">The template.</param>
    public AlertTemplate(string alert, string name, string text)
    {
        Name = name;
        _text = text;
        _templateName = "__alert_" + alert;
        if (!IsConstant && !GoTemplate.TryParse(_templateName, Definitions + text, out _template, out _fault))
        {
            _template = null;
        }
    }

    /// <summary>Name of the label or annotation.</summary>
    public string Name { get; }

    /// <summary>True when it is the same for all alerts.</summary>
    public bool IsConstant => !_text.Contains("{{", StringComparison.Ordinal);

    /// <summary>The text as written.</summary>
    public string Text => _text;

    /// <summary>Why a template cannot be parsed; null when it can.</summary>
    public static string? FaultOf(string alert, string text) => new AlertTemplate(alert, "", text)._fault;

    /// <summary>Expands the template.</summary>
    /// <param name="data">The dot.</param>
    /// <param name="context">What surrounds it.</param>
    /// <param name="failed">Told the name and the reason when it cannot be expanded.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <returns>The text, or in its place the error.</returns>
    public async ValueTask<string> ExpandAsync(object data, TemplateContext context, Action<string, string>? failed, CancellationToken cancellationToken)
    {
        if (IsConstant)
        {
            return _text;
        }

        string? fault = _template is null ? $"error parsing template {_templateName}: {_fault}" : null;
        if (_template is not null)
        {
            (string? text, string? reason) = await _template.ExpandAsync(data, context, cancellationToken).ConfigureAwait(false);
            if (text is not null)
            {
                return text;
            }

            fault = $"error executing template {_templateName}: {reason}";
        }

        failed?.Invoke(Name, fault!);
        return $"<error expanding template: {fault}>";
    }
}
