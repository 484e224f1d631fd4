using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Pretraining.Model;

using static PromptAD.Training.Scalars;
using static TorchSharp.torch;

namespace PromptAD.Pretraining.Text;

/// <summary>Turns prompts into text features; <see cref="PromptWriter.Blank"/> becomes a small random vector.</summary>
internal sealed class PromptEncoder(ClipTokenizer tokenizer, TextTower tower)
{
    private const double SmallestBlank = 0.015, LargestBlank = 0.08; // a detector's contexts start at 0.02 and grow as they learn
    private const int BlankToken = -1;

    /// <summary>The normalised features of prompts, (prompts, E).</summary>
    /// <param name="prompts">The texts.</param>
    /// <param name="random">Where the blanks come from.</param>
    public Tensor Encode(IReadOnlyList<string> prompts, Random random)
    {
        using var scope = NewDisposeScope();
        int[][] rows = [.. prompts.Select(Tokenize)];
        int longest = rows.Max(row => row.Length);
        long[] filled = [.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(tokenizer.EndOfText, longest - row.Length))).Select(token => (long)token)];
        Tensor tokens = tensor(filled, prompts.Count, longest), ends = tensor(rows.Select(row => (long)row.Length - 1).ToArray());
        Tensor embedded = tower.Embed(tokens.clamp(min: Keep(0))); // (prompts, tokens, width)
        if (filled.Contains(BlankToken))
        {
            Tensor blank = tokens.eq(Keep(BlankToken)).unsqueeze(-1);
            double deviation = SmallestBlank * Math.Pow(LargestBlank / SmallestBlank, random.NextDouble());
            Tensor noise = randn(embedded.shape, generator: new Generator((ulong)random.NextInt64())) * Keep(deviation);
            embedded = where(blank, noise, embedded);
        }
        return nn.functional.normalize(tower.Encode(embedded, ends), p: 2, dim: -1).MoveToOuterDisposeScope();
    }

    private int[] Tokenize(string prompt)
    {
        string words = prompt.TrimStart(PromptWriter.Blank[0]);
        IEnumerable<int> blanks = Enumerable.Repeat(BlankToken, prompt.Length - words.Length);
        return [tokenizer.StartOfText, .. blanks, .. tokenizer.Encode(words), tokenizer.EndOfText];
    }
}
