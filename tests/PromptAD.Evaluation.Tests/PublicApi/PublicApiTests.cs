using PromptAD.Pictures;
using PromptAD.Tests.PublicApi;
using PromptAD.Training;

namespace PromptAD.Evaluation.Tests.PublicApi;

public sealed class PublicApiTests
{
    [Fact]
    public void Of_training_is_what_was_approved() => ApprovedApi.Check(typeof(PromptTrainer).Assembly);

    [Fact]
    public void Of_evaluation_is_what_was_approved() => ApprovedApi.Check(typeof(Benchmark).Assembly);

    [Fact]
    public void Of_pictures_is_what_was_approved() => ApprovedApi.Check(typeof(PictureGenerator).Assembly);
}
