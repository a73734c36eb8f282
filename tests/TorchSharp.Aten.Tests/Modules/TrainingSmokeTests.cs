using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Modules;

public class TrainingSmokeTests
{
    [Fact]
    public void Sequential_TrainedByAdam_FitsALineAndLeaksNothing()
    {
        long before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            manual_seed(1);
            using Sequential model = nn.Sequential(nn.Linear(1, 16), nn.SiLU(), nn.Linear(16, 1));
            using Adam optimizer = optim.Adam(model.parameters(), lr: 1e-2);
            Tensor x = linspace(-1, 1, 32).unsqueeze(1);
            Tensor y = x * 3 + 1;
            double last = double.PositiveInfinity;
            for (int step = 0; step < 400; step++)
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                Tensor loss = nn.functional.mse_loss(model.call(x), y);
                loss.backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1);
                optimizer.step();
                last = loss.item<float>();
            }
            Assert.InRange(last, 0, 1e-2);
        }
        Assert.Equal(before, Tensor.TotalCount);
    }
}
