using PromptAD.Encoders.Clip.Tokenizer;
using PromptAD.Training.Prompts;

namespace PromptAD.Training.Tests;

public sealed class PromptTextTests
{
    private readonly ClipTokenizer tokenizer = ClipTokenizer.Published(49408);

    [Fact]
    public void Rows_follow_states_contexts_and_anomaly_contexts()
    {
        PromptText text = Make(contexts: 3, ["damaged {}", "{} with crack"]);
        Assert.Equal(3, text.Normal.Count);
        Assert.Equal(6, text.Manual.Count);
        Assert.Equal(12, text.Learned.Count);
        // Row i of the manual prompts: state i / N, context i mod N.
        Assert.Equal(text.Manual[0].Tokens, text.Manual[2].Tokens);
        Assert.NotEqual(text.Manual[2].Tokens, text.Manual[3].Tokens);
        Assert.Equal(4, text.Manual[1].Rows[1]); // context 1 begins at row 4
        // Row i of the learned prompts: context i mod N, anomaly context i mod L; all pairs occur.
        Assert.Equal(12, text.Learned.Select(row => (row.Rows[1], row.Rows[5])).Distinct().Count());
    }

    [Fact]
    public void The_learned_context_stands_before_the_object_or_behind_it()
    {
        string[] states = ["damaged {}"];
        PromptRow before = Make(1, states).Learned[0], behind = Make(1, states, LearnedPromptOrder.ObjectBeforeContext).Learned[0];
        int anomaly = tokenizer.Encode("A")[0], nut = tokenizer.Encode("nut")[0];
        Assert.True(Array.IndexOf(before.Tokens, anomaly) < Array.IndexOf(before.Tokens, nut));
        Assert.True(Array.IndexOf(behind.Tokens, anomaly) > Array.IndexOf(behind.Tokens, nut));
        Assert.Equal(tokenizer.Encode(".")[0], behind.Tokens[^2]); // the full stop stays last
    }

    [Fact]
    public void Without_concatenation_both_classes_have_contexts_of_their_own()
    {
        var options = new PromptOptions { Concatenation = false, AnomalyContextLength = 4 };
        var text = new PromptText(tokenizer, 77, 3, "metal nut", ["damaged {}"], options);
        Assert.Empty(text.Manual);
        Assert.Equal(3, text.Normal.Count);
        Assert.Equal(4, text.Learned.Count);
        int[] normal = [.. text.Normal.SelectMany(row => row.Rows[1..5])], anomalous = [.. text.Learned.SelectMany(row => row.Rows[1..5])];
        Assert.Equal(Enumerable.Range(0, 12), normal);
        Assert.Equal(Enumerable.Range(12, 16), anomalous);
        Assert.Equal(text.Normal[0].Rows[5..], text.Learned[0].Rows[5..]); // the same object behind them
    }

    [Fact]
    public void A_state_listed_twice_counts_twice() => Assert.Equal(4, Make(1, ["a {}", "b {}", "a {}", "c {}"]).Manual.Count);

    [Fact]
    public void A_prompt_that_does_not_fit_names_its_length()
    {
        string words = string.Join(' ', Enumerable.Repeat("nut", 80));
        PromptADException error = Assert.Throws<PromptADException>(
            () => new PromptText(tokenizer, 77, 1, words, ["damaged {}"], new PromptOptions()));
        Assert.EndsWith("needs 87 tokens, the backbone takes 77. Use fewer words.", error.Message, StringComparison.Ordinal);
    }

    private PromptText Make(int contexts, string[] states, LearnedPromptOrder order = LearnedPromptOrder.ContextBeforeObject) =>
        new(tokenizer, 77, contexts, "metal nut", states, new PromptOptions { LearnedOrder = order });
}
