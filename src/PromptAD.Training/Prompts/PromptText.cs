using PromptAD.Encoders.Clip.Tokenizer;

namespace PromptAD.Training.Prompts;

/// <summary>One prompt as the text tower sees it.</summary>
/// <param name="Tokens">Token ids up to end-of-text; learnable places hold a placeholder's id.</param>
/// <param name="Rows">For each token its row in the table [normal contexts; anomaly contexts; constant embeddings].</param>
internal sealed record PromptRow(int[] Tokens, int[] Rows)
{
    /// <summary>The place of the end-of-text token, whose state is the prompt's feature.</summary>
    public int End => Tokens.Length - 1;
}

/// <summary>
/// The prompts of one level by semantic concatenation: NP "P obj.", MAP "P state(obj).", LAP "P A obj." (or "P obj A." as in the paper,
/// mark Q2), each between start- and end-of-text.
/// </summary>
internal sealed class PromptText
{
    private readonly ClipTokenizer tokenizer;
    private readonly PromptOptions options;
    private readonly int contexts, contextLength;
    private readonly List<int> constants = [];
    private readonly Dictionary<int, int> constantRows = [];

    /// <param name="tokenizer">The backbone's tokenizer.</param>
    /// <param name="contextLength">The longest prompt the text tower takes, in tokens.</param>
    /// <param name="contexts">N, the number of learnable normal contexts at this level.</param>
    /// <param name="objectName">What the product is called, such as "metal nut".</param>
    /// <param name="states">Anomaly states with {} for the object; one listed twice counts twice.</param>
    /// <param name="options">Counts and layout.</param>
    public PromptText(
        ClipTokenizer tokenizer,
        int contextLength,
        int contexts,
        string objectName,
        IReadOnlyList<string> states,
        PromptOptions options)
    {
        this.tokenizer = tokenizer;
        this.options = options;
        this.contexts = contexts;
        this.contextLength = contextLength;
        Normal = [.. Enumerable.Range(0, contexts).Select(context => Row(context, null, objectName))];
        if (!options.Concatenation)
        {
            Manual = [];
            Learned = [.. Enumerable.Range(0, options.AnomalyContexts).Select(anomaly => Row(null, anomaly, objectName))];
            return;
        }
        Manual = [.. states.SelectMany(
            state => Enumerable.Range(0, contexts).Select(context => Row(context, null, StateOf(state, objectName))))];
        Learned = [.. Enumerable.Range(0, contexts * options.AnomalyContexts)
            .Select(i => Row(i % contexts, i % options.AnomalyContexts, objectName))];
    }

    /// <summary>NP, one for each context.</summary>
    public IReadOnlyList<PromptRow> Normal { get; }

    /// <summary>MAP, row i: state i / N, context i mod N; none without concatenation.</summary>
    public IReadOnlyList<PromptRow> Manual { get; }

    /// <summary>
    /// LAP, row i: context i mod N, anomaly context i mod L, which is every pair while N and L share no factor. Without concatenation "A
    /// obj.", one for each anomaly context.
    /// </summary>
    public IReadOnlyList<PromptRow> Learned { get; }

    /// <summary>The token ids whose embeddings follow the contexts in the table.</summary>
    public IReadOnlyList<int> Constants => constants;

    private static string StateOf(string state, string objectName) => state.Replace("{}", objectName, StringComparison.Ordinal);

    private PromptRow Row(int? context, int? anomaly, string phrase)
    {
        int placeholder = tokenizer.Encode("N")[0], anomalyPlaceholder = tokenizer.Encode("A")[0];
        int[] words = tokenizer.Encode($"{phrase}.");
        (int Token, int Row)[] learned = [.. ContextRows(context).Select(row => (placeholder, row))];
        (int Token, int Row)[] suffix = [.. AnomalyRows(anomaly).Select(row => (anomalyPlaceholder, row))];
        (int Token, int Row)[] text = [.. words.Select(Constant)];
        (int Token, int Row)[] body = options.LearnedOrder == LearnedPromptOrder.ContextBeforeObject
            ? [.. suffix, .. text]
            : [.. text[..^StopLength(phrase)], .. suffix, .. text[^StopLength(phrase)..]];
        (int Token, int Row)[] all = [Constant(tokenizer.StartOfText), .. learned, .. body, Constant(tokenizer.EndOfText)];
        if (all.Length > contextLength)
        {
            throw new PromptADException(
                Problem.OutOfRange,
                $"The prompt '{phrase}' needs {all.Length} tokens, the backbone takes {contextLength}. Use fewer words.");
        }
        return new PromptRow([.. all.Select(token => token.Token)], [.. all.Select(token => token.Row)]);
    }

    private IEnumerable<int> ContextRows(int? context) => context is { } index
        ? Enumerable.Range(index * options.ContextLength, options.ContextLength)
        : [];

    private IEnumerable<int> AnomalyRows(int? anomaly) => anomaly is { } index
        ? Enumerable.Range((contexts * options.ContextLength) + (index * options.AnomalyContextLength), options.AnomalyContextLength)
        : [];

    /// <summary>The tokens of the full stop: one, unless the phrase ends in a sign that it merges with.</summary>
    private int StopLength(string phrase)
    {
        int[] words = tokenizer.Encode(phrase), stopped = tokenizer.Encode($"{phrase}.");
        int same = 0;
        while (same < words.Length && words[same] == stopped[same]) same++;
        return stopped.Length - same;
    }

    private (int Token, int Row) Constant(int token)
    {
        if (!constantRows.TryGetValue(token, out int row))
        {
            constantRows.Add(token, row = constants.Count);
            constants.Add(token);
        }
        int first = (contexts * options.ContextLength) + (options.AnomalyContexts * options.AnomalyContextLength);
        return (token, first + row);
    }
}
