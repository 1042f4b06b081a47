using System.Diagnostics.CodeAnalysis;
using RemoteStore.Ruler.Templates.Execution;
using RemoteStore.Ruler.Templates.Functions;
using RemoteStore.Ruler.Templates.Parsing;

namespace RemoteStore.Ruler.Templates;

/// <summary>
/// A template in the language of Go's text/template with the functions of Prometheus. Parsed once, expanded often, by many at a time.
/// </summary>
internal sealed class GoTemplate
{
    private GoTemplate(string name, string text, IReadOnlyDictionary<string, ListNode> templates)
    {
        Name = name;
        Text = text;
        Templates = templates;
    }

    /// <summary>Its name, which errors show.</summary>
    public string Name { get; }

    /// <summary>Its text.</summary>
    public string Text { get; }

    /// <summary>Bodies by name: its own and those that it defines.</summary>
    public IReadOnlyDictionary<string, ListNode> Templates { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="name">Name, for errors.</param>
    /// <param name="text">The template.</param>
    /// <param name="template">The template when true is returned.</param>
    /// <param name="fault">What is wrong when false is returned, in Go's words.</param>
    public static bool TryParse(string name, string text, [NotNullWhen(true)] out GoTemplate? template, [NotNullWhen(false)] out string? fault)
    {
        try
        {
            template = new GoTemplate(name, text, TemplateParser.Parse(name, text, FunctionTable.IsFunction));
            fault = null;
            return true;
        }
        catch (TemplateSyntaxException e)
        {
            template = null;
            fault = e.Message;
            return false;
        }
    }

    /// <summary>Expands the template.</summary>
    /// <param name="data">The dot.</param>
    /// <param name="context">What surrounds the expansion.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <returns>The text, or what went wrong, in Go's words.</returns>
    public async ValueTask<(string? Text, string? Fault)> ExpandAsync(object? data, TemplateContext context, CancellationToken cancellationToken)
    {
        try
        {
            return (await new TemplateExecution(this, context, cancellationToken).RunAsync(data).ConfigureAwait(false), null);
        }
        catch (TemplateFailedException e)
        {
            return (null, e.Message);
        }
        catch (InsufficientExecutionStackException)
        {
            return (null, $"template: {Name}: nested too deeply");
        }
    }
}
